import { ICON, STYLESHEET } from './assets.js';
import { type Html, html } from './html.js';
import { ICONS } from './icons.js';
import { linkTarget } from './link-target.js';
import { LOCALES, type Locale } from './locale.js';
import { hostedPageAddress } from './query.js';
import { type HostedTexts, textsIn } from './texts/texts.js';
import type { HostedPageView } from './view.js';

/** What a state puts into the page that is around all of them. */
export interface Panel {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The document's title, to which the merchant's name is added. */
  readonly title: string;
  readonly body: Html;
  /** Whether the way back to the merchant stands below; where it is the way on, the panel has it. */
  readonly hasWayBack: boolean;
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
</head>
<body>
<div class="page">
<header class="top">
${setup?.mode === 'test' && renderTestRibbon(texts)}
<div class="masthead">
${setup !== null && html`<p class="merchant"><bdi>${setup.merchantName}</bdi></p>`}
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

function renderWayBack({ cancelUrl, merchantName }: SetupView, texts: HostedTexts): Html | null {
  const target = cancelUrl === null ? null : linkTarget(cancelUrl);
  if (target === null) return null;
  return html`<footer class="bottom"><a href="${target}" class="back">${ICONS.back}<span>${texts.backTo(merchantName)}</span></a></footer>`;
}
