import type { FormState } from '../protocol/messages.js';
import type { FrameHost } from './form-frame.js';

/** Room around the form in its document, so that a focus ring is whole; the frame reaches that much out of its place. */
export const FRAME_MARGIN_PX = 4;

/** The frame, not yet in the page. Nothing secret is in its address: keys of pages are public, the id says nothing. */
export function frameElement({ vaultOrigin, publicKey }: FrameHost, id: string, state: FormState): HTMLIFrameElement {
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
    height: `${expectedHeight(state) + 2 * FRAME_MARGIN_PX}px`,
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

/** The height that this form had last, so that the next one does not push the page about. */
export function rememberHeight(state: FormState, px: number): void {
  try {
    sessionStorage.setItem(heightKey(state), String(px));
  } catch {
    // The page may not keep anything: then the usual height has to do.
  }
}

function expectedHeight(state: FormState): number {
  try {
    const px = Number(sessionStorage.getItem(heightKey(state)));
    if (px > 0) return px;
  } catch {
    // As above.
  }
  return USUAL_HEIGHTS_PX[state.options.form];
}

function heightKey({ options, locale }: FormState): string {
  return `onfile.height.${options.form}.${locale}`;
}

const SANDBOX = 'allow-scripts allow-same-origin allow-forms';

/** A frame inside can do no more than the one around it. None of them may take the merchant's page elsewhere. */
const SANDBOX_OF_BANKS = ' allow-popups allow-popups-to-escape-sandbox allow-modals';

const USUAL_HEIGHTS_PX = { payment: 620, address: 700, challenge: 660, checkout: 420 };

export const TITLES = {
  payment: { ja: 'カード情報の入力', en: 'Card details' },
  address: { ja: '住所の入力', en: 'Address' },
  checkout: { ja: 'カード情報の入力', en: 'Card details' },
  challenge: { ja: '本人認証（3Dセキュア）', en: 'Check by your card company (3-D Secure)' },
};
