import type { FormState } from '../protocol/messages.js';
import { expectedHeight } from './expected-height.js';
import type { FrameHost } from './form-frame.js';

/** Room around the form in its document, so that a focus ring is whole; the frame reaches that much out of its place. */
export const FRAME_MARGIN_PX = 4;

/** The frame, not yet in the page. Nothing secret is in its address: keys of pages are public, the id says nothing. */
export function frameElement(
  { vaultOrigin, publicKey }: FrameHost,
  id: string,
  { state, placePx }: { readonly state: FormState /** The free width. */; readonly placePx: number },
): HTMLIFrameElement {
  const { form } = state.options;
  const isDark = state.appearance.isDark;
  const query = new URLSearchParams({ key: publicKey, locale: state.locale, theme: isDark ? 'dark' : 'light' });
  const fragment = new URLSearchParams({ origin: location.origin, id });

  const element = document.createElement('iframe');
  element.setAttribute('sandbox', SANDBOX + (form === 'challenge' ? SANDBOX_OF_BANKS : ''));
  element.referrerPolicy = 'origin';
  element.title = TITLES[form][state.locale];
  element.src = `${vaultOrigin}/frame/${form}?${query}#${fragment}`;
  // One by one: a style attribute would be refused by a strict content policy.
  const styles = {
    display: 'block',
    width: `calc(100% + ${2 * FRAME_MARGIN_PX}px)`,
    'max-width': 'none',
    height: `${reservedHeight(state, placePx) + 2 * FRAME_MARGIN_PX}px`,
    margin: `-${FRAME_MARGIN_PX}px`,
    border: '0',
    'color-scheme': isDark ? 'dark' : 'light',
  };
  setStyles(element, styles);
  return element;
}

export function setStyles(element: HTMLElement, styles: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
}

/**
 * Gives the form its height, and keeps it in mind, so that the next one does not push the page about. When it is shown
 * first and is a little lower than its place, the page stays as it is.
 */
export function fitHeight(
  element: HTMLElement,
  px: number,
  { state, placePx, isFirst }: { readonly state: FormState; readonly placePx: number; readonly isFirst: boolean },
): void {
  const spare = reservedHeight(state, placePx) - px;
  if (isFirst && spare >= 0 && spare <= SPARE_PX_MAX) return;
  element.style.setProperty('height', `${px + 2 * FRAME_MARGIN_PX}px`);
  keptHeight(heightKey(state, placePx), px);
}

const SPARE_PX_MAX = 150;

function reservedHeight(state: FormState, placePx: number): number {
  return keptHeight(heightKey(state, placePx)) || expectedHeight(state, placePx);
}

/** What is kept under this key, after `px` was where it is given; nothing where the page may not keep anything. */
function keptHeight(key: string, px?: number): number {
  try {
    if (px) sessionStorage.setItem(key, String(px));
    return Number(sessionStorage.getItem(key));
  } catch {
    return 0;
  }
}

/** With what is expected in it: a form of other fields, or in another place, has another height. */
function heightKey(state: FormState, placePx: number): string {
  return `onfile.height.${state.options.form}.${state.locale}.${expectedHeight(state, placePx)}`;
}

const SANDBOX = 'allow-scripts allow-same-origin allow-forms';

/** A frame inside can do no more than the one around it. None of them may take the merchant's page elsewhere. */
const SANDBOX_OF_BANKS = ' allow-popups allow-popups-to-escape-sandbox allow-modals';

const CARD_DETAILS = { ja: 'カード情報の入力', en: 'Card details' };

const TITLES = {
  payment: CARD_DETAILS,
  address: { ja: '住所の入力', en: 'Address' },
  checkout: CARD_DETAILS,
  challenge: { ja: '本人認証（3Dセキュア）', en: '3-D Secure' },
};
