import type { FormState, Outcome } from '../protocol/messages.js';
import { type FrameHost, openFormFrame } from './form-frame.js';
import { setStyles } from './frame-element.js';

export interface ChallengeOptions extends Pick<FormState, 'locale' | 'appearance'> {
  /** Where the card company's page is. */
  readonly url: string;
  /** Also when no card was saved the answer is `go`, to the flow's return URL. */
  readonly alwaysReturns?: boolean;
}

/**
 * Width and height of the card company's page in CSS pixels, as EMV 3-D Secure has them. The first that fits is taken, and
 * otherwise all the room that there is.
 */
const SIZES_PX = [
  [500, 600],
  [600, 400],
  [390, 400],
  [250, 400],
] as const;

const PAGE_WIDTH_PX_MIN = 600;

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

  const [widthPx, heightPx] = sizeThatFits();
  const dialog = document.createElement('dialog');
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
  const element = dialog.firstElementChild as HTMLIFrameElement;
  dialog.ariaLabel = element.title;
  // In a window that becomes lower it scrolls by itself.
  element.style.setProperty('max-height', '90vh');
  // Escape, while the focus is not in the frame: what it means is the frame's to ask. Pressed again, or before anything was
  // clicked, it closes a dialog whatever the page says.
  dialog.oncancel = dialog.onclose = (event) => {
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    frame.collapse();
    element.focus();
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

function sizeThatFits(): readonly [number, number] {
  // Beside and above it there are our own heading, and some of the page behind.
  const widthPx = innerWidth - 48;
  const heightPx = innerHeight - 150;
  return SIZES_PX.find(([width, height]) => width <= widthPx && height <= heightPx) ?? [widthPx, heightPx];
}
