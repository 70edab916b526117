import { type HostedAsset, ICON, STYLESHEET } from './assets.js';
import { type Html, html } from './html.js';
import { ICONS } from './icons.js';
import { linkTarget } from './link-target.js';
import { LOCALES, type Locale } from './locale.js';
import { hostedPageAddress } from './query.js';
import { type HostedTexts, textsIn } from './texts/texts.js';
import type { HostedPageView, PageBrand } from './view.js';

/** What a state puts into the page that is around all of them. */
export interface Panel {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The document's title, to which the merchant's name is added. */
  readonly title: string;
  readonly body: Html;
  /** Whether the way back to the merchant stands below; where it is the way on, the panel has it. */
  readonly hasWayBack: boolean;
  /** What the page loads to become livelier; it is complete without. */
  readonly script?: HostedAsset;
}

type SetupView = Extract<HostedPageView, { merchantName: string }>;

export function renderDocument(view: HostedPageView, panel: Panel): string {
  const texts = textsIn(view.locale);
  const setup = 'merchantName' in view ? view : null;
  const title = setup === null ? panel.title : `${panel.title} – ${setup.merchantName}`;

  return `<!doctype html>
${html`<html lang="${view.locale}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="${ICON.path}" type="${ICON.contentType}">
<link rel="stylesheet" href="${STYLESHEET.path}">
${setup?.brand?.stylePath != null && html`<link rel="stylesheet" href="${setup.brand.stylePath}">`}
${panel.script !== undefined && html`<script type="module" src="${panel.script.path}"></script>`}
</head>
<body${setup?.brand?.hasGround === true && html` class="has-ground"`}>
<div class="page">
<header class="top">
${setup?.mode === 'test' && renderTestRibbon(texts)}
<div class="masthead">
${setup !== null && renderMerchant(setup)}
${renderLanguages(view)}
</div>
</header>
<main class="panel">
${panel.body}
</main>
${setup !== null && panel.hasWayBack && renderWayBack(setup, texts)}
</div>
</body>
</html>`}
`;
}

function renderMerchant({ merchantName, brand }: SetupView): Html {
  const target = brand?.homepageUrl == null ? null : linkTarget(brand.homepageUrl);
  const who = html`${brand?.logo != null && renderLogo(brand.logo)}<bdi>${merchantName}</bdi>`;
  if (target === null) return html`<p class="merchant">${who}</p>`;
  return html`<p class="merchant"><a href="${target}">${who}</a></p>`;
}

/** The box that a logo is fitted into, in CSS pixels. Its size is in the page, so that nothing moves when it arrives. */
const LOGO_BOX = { width: 160, height: 40 };

/** The name stands beside it, so it says nothing by itself. */
function renderLogo({ path, width, height }: NonNullable<PageBrand['logo']>): Html {
  const scale = Math.min(LOGO_BOX.width / width, LOGO_BOX.height / height, 1);
  const [shownWidth, shownHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  return html`<img class="logo" src="${path}" alt="" width="${shownWidth ?? 1}" height="${shownHeight ?? 1}">`;
}

function renderTestRibbon({ testMode }: HostedTexts): Html {
  return html`<p class="ribbon"><strong>${testMode.label}</strong> <span>${testMode.note}</span></p>`;
}

function renderLanguages(view: HostedPageView): Html | null {
  if ('isLocaleFree' in view && !view.isLocaleFree) return null;
  return html`<nav class="languages" aria-label="Language / 言語"><ul>${LOCALES.map(
    (locale) => html`
<li>${renderLanguage(view, locale)}</li>`,
  )}
</ul></nav>`;
}

function renderLanguage(view: HostedPageView, locale: Locale): Html {
  const { languageName } = textsIn(locale);
  if (locale === view.locale) return html`<span lang="${locale}" aria-current="true">${languageName}</span>`;
  const address = hostedPageAddress({ path: view.path, locale });
  return html`<a href="${address}" lang="${locale}" hreflang="${locale}">${languageName}</a>`;
}

function renderWayBack({ cancelUrl, merchantName, brand }: SetupView, texts: HostedTexts): Html | null {
  const address = cancelUrl ?? brand?.homepageUrl ?? null;
  const target = address === null ? null : linkTarget(address);
  if (target === null) return null;
  return html`<footer class="bottom"><a href="${target}" class="back">${ICONS.back}<span>${texts.backTo(merchantName)}</span></a></footer>`;
}
