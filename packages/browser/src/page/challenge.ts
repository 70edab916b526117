import type { FormState, Outcome } from '../protocol/messages.js';
import { type FrameHost, openFormFrame } from './form-frame.js';
import { setStyles, TITLES } from './frame-element.js';

export interface ChallengeOptions extends Pick<FormState, 'locale' | 'appearance'> {
  /** Where the card company's page is. */
  readonly url: string;
  /** Also when no card was saved the answer is `go`, to the flow's return URL. */
  readonly alwaysReturns?: boolean;
  /** What the card company's page is to be like, where there is room; otherwise the largest size that fits. */
  readonly size?: ChallengeSize;
}

/** Width and height in CSS pixels, as EMV 3-D Secure has them. */
export type ChallengeSize = (typeof SIZES)[number] | 'full';

/** The first that fits is taken. */
const SIZES = ['500x600', '600x400', '390x400', '250x400'] as const;

const PAGE_WIDTH_PX_MIN = 600;

/** What stands around the card company's page: our own heading, and some of the page behind. */
const AROUND = { widthPx: 48, heightPx: 150 };

/**
 * Whether a challenge opens over this page. A narrow one is left for the card company's; so is one that is isolated from
 * other origins, since no card company's page may be framed there.
 */
export function showsChallenges(): boolean {
  return innerWidth >= PAGE_WIDTH_PX_MIN && !crossOriginIsolated;
}

/**
 * Has the card company authenticate the cardholder (3-D Secure). Never rejects. Answers `go` with the address to go on to,
 * or `error` when no card was saved. Where {@link showsChallenges}, that is once the server knows how it went: until then a
 * modal dialog is over the page. Elsewhere it is at once, and the address is the card company's.
 */
export async function challenge(host: FrameHost, options: ChallengeOptions): Promise<Outcome> {
  const { url, locale, appearance, alwaysReturns = false } = options;
  if (!showsChallenges()) return { kind: 'go', url };

  const { widthPx, heightPx } = roomFor(options.size);
  const dialog = document.createElement('dialog');
  dialog.ariaLabel = TITLES.challenge[locale];
  setStyles(dialog, {
    width: `${widthPx}px`,
    padding: '0',
    border: '0',
    'border-radius': '12px',
    overflow: 'hidden',
    'box-shadow': '0 0 0 100vmax rgb(0 0 0 / 50%)',
  });
  document.body.append(dialog);
  const state: FormState = { locale, appearance, options: { form: 'challenge', heightPx, alwaysReturns } };
  const frame = openFormFrame(dialog, host, state, { heard() {}, failed() {} });
  // Escape, while the focus is not in the frame: what it means is the frame's to ask.
  const ask = () => {
    frame.collapse();
    (dialog.firstElementChild as HTMLElement).focus();
  };
  dialog.oncancel = (event) => {
    event.preventDefault();
    ask();
  };
  // Pressed again, or before anything was clicked, it closes a dialog whatever the page says.
  dialog.onclose = () => {
    dialog.showModal();
    ask();
  };
  dialog.showModal();

  const outcome = await frame.ask({ kind: 'authenticate' });
  dialog.onclose = null;
  // Closed, not only removed: this is what gives the focus back.
  dialog.close();
  frame.close();
  dialog.remove();
  return outcome;
}

function roomFor(wish: ChallengeSize | undefined) {
  const most = { widthPx: innerWidth - AROUND.widthPx, heightPx: innerHeight - AROUND.heightPx };
  const sizes = [...(wish === undefined ? [] : [wish]), ...SIZES].map((size) => {
    const [widthPx, heightPx] = size.split('x').map(Number);
    return size === 'full' ? most : { widthPx: widthPx as number, heightPx: heightPx as number };
  });
  return sizes.find(({ widthPx, heightPx }) => widthPx <= most.widthPx && heightPx <= most.heightPx) ?? most;
}
