import { CARD_BRANDS } from '@onfile/core';
import { type Html, type HtmlValue, html } from './html.js';
import { ICONS, type IconName } from './icons.js';
import type { Panel } from './layout.js';
import { linkTarget } from './link-target.js';
import { CHECK_DELAYS_SECONDS, hostedPageAddress } from './query.js';
import { textsIn } from './texts/texts.js';
import type {
  AlreadyDoneView,
  CanceledView,
  CardSummary,
  ChallengeView,
  ExpiredView,
  NotFoundView,
  ProcessingView,
  SavedView,
  UnavailableView,
} from './view.js';

/**
 * The page looks again by itself, by a `Refresh` header; a person may stop that, as WCAG 2.2.1 asks, and it ends by itself.
 */
export function renderProcessing(view: ProcessingView): Panel {
  const { heading, body, stopped, checkAgain, stopChecking } = textsIn(view.locale).processing;
  const delaySeconds = CHECK_DELAYS_SECONDS[view.checksDone] ?? null;
  const addressAfter = (checksDone: number) => hostedPageAddress({ path: view.path, locale: view.locale, checksDone });
  const now = hostedPageAddress({ path: view.path, locale: view.locale });
  const stop = addressAfter(CHECK_DELAYS_SECONDS.length);

  return {
    status: 200,
    headers: delaySeconds === null ? {} : refresh(addressAfter(view.checksDone + 1), delaySeconds),
    title: heading,
    hasWayBack: false,
    body: outcome({
      mark: delaySeconds === null ? mark('clock', 'calm') : html`<span class="mark working"></span>`,
      heading,
      content: [
        html`<p>${delaySeconds === null ? stopped : body}</p>`,
        delaySeconds === null && buttonLink(now, checkAgain),
        delaySeconds !== null && html`<p><a href="${stop}" class="quiet">${stopChecking}</a></p>`,
      ],
    }),
  };
}

export function renderChallenge(view: ChallengeView): Panel {
  const { heading, body, steps, action } = textsIn(view.locale).challenge;
  return {
    status: 200,
    title: heading,
    hasWayBack: true,
    body: outcome({
      mark: mark('shield', 'calm'),
      heading,
      content: [
        html`<p>${body}</p>`,
        html`<ol class="steps">${steps.map((step) => html`<li>${step}</li>`)}</ol>`,
        buttonLink(view.continueUrl, action),
      ],
    }),
  };
}

export function renderSaved(view: SavedView): Panel {
  const texts = textsIn(view.locale);
  const target = view.continueUrl === null ? null : linkTarget(view.continueUrl);
  return {
    status: 200,
    // At once: browsers then put the next page in this one's place, and "back" does not lead into a loop.
    headers: target === null ? {} : refresh(target, 0),
    title: texts.saved.heading,
    hasWayBack: false,
    body: outcome({
      mark: mark('done', 'good'),
      heading: texts.saved.heading,
      content: [
        savedCard(view.card, texts.cardEndingIn),
        html`<p>${texts.saved.body(view.merchantName)}</p>`,
        target === null ? html`<p>${texts.saved.stay}</p>` : buttonLink(target, texts.continueTo(view.merchantName)),
      ],
    }),
  };
}

export function renderAlreadyDone(view: AlreadyDoneView): Panel {
  const texts = textsIn(view.locale);
  return {
    status: 200,
    title: texts.alreadyDone.heading,
    hasWayBack: false,
    body: outcome({
      mark: mark('done', 'good'),
      heading: texts.alreadyDone.heading,
      content: [
        view.card !== null && savedCard(view.card, texts.cardEndingIn),
        html`<p>${texts.alreadyDone.body(view.merchantName)}</p>`,
        view.continueUrl !== null && buttonLink(view.continueUrl, texts.continueTo(view.merchantName)),
      ],
    }),
  };
}

export function renderExpired(view: ExpiredView): Panel {
  const texts = textsIn(view.locale);
  return ended(view, { icon: 'clock', ...texts.expired });
}

export function renderCanceled(view: CanceledView): Panel {
  const texts = textsIn(view.locale);
  return ended(view, { icon: 'stopped', ...texts.canceled });
}

export function renderNotFound(view: NotFoundView): Panel {
  const { heading, body } = textsIn(view.locale).notFound;
  return {
    status: 404,
    title: heading,
    hasWayBack: false,
    body: outcome({ mark: mark('missing', 'calm'), heading, content: html`<p>${body}</p>` }),
  };
}

const UNAVAILABLE_STATUS = { busy: 503, too_many_attempts: 429 } as const;

export function renderUnavailable(view: UnavailableView): Panel {
  const { heading, reasons, tryAgain } = textsIn(view.locale).unavailable;
  const again = hostedPageAddress({ path: view.path, locale: view.locale });
  return {
    status: UNAVAILABLE_STATUS[view.reason],
    headers: { 'retry-after': String(view.retryAfterSeconds) },
    title: heading,
    hasWayBack: false,
    body: outcome({
      mark: mark('clock', 'calm'),
      heading,
      content: [html`<p>${reasons[view.reason]}</p>`, buttonLink(again, tryAgain)],
    }),
  };
}

/** Nothing was saved, and nothing can be any more: the one way on is back to the merchant. */
function ended(
  { locale, merchantName, cancelUrl, brand }: ExpiredView | CanceledView,
  { icon, heading, body }: { icon: IconName; heading: string; body: (merchant: string) => string },
): Panel {
  const wayBack = cancelUrl ?? brand?.homepageUrl ?? null;
  return {
    status: 410,
    title: heading,
    hasWayBack: false,
    body: outcome({
      mark: mark(icon, 'calm'),
      heading,
      content: [
        html`<p>${body(merchantName)}</p>`,
        wayBack !== null && buttonLink(wayBack, textsIn(locale).backTo(merchantName)),
      ],
    }),
  };
}

function outcome({ mark, heading, content }: { mark: Html; heading: string; content: HtmlValue }): Html {
  return html`<div class="outcome">
${mark}
<h1 tabindex="-1" autofocus>${heading}</h1>
${content}
</div>`;
}

function mark(icon: IconName, mood: 'calm' | 'good'): Html {
  return html`<span class="mark ${mood}">${ICONS[icon]}</span>`;
}

function savedCard({ brand, last4 }: CardSummary, cardEndingIn: (brand: string, last4: string) => string): Html {
  return html`<p class="card">${cardEndingIn(CARD_BRANDS[brand].displayName, last4)}</p>`;
}

function buttonLink(address: string, text: string): Html | null {
  const target = linkTarget(address);
  return target === null ? null : html`<p class="action"><a href="${target}" class="button">${text}</a></p>`;
}

function refresh(address: string, delaySeconds: number): Record<string, string> {
  return { refresh: `${delaySeconds};url=${address}` };
}
