import { html } from '../hosted/html.js';
import type { Locale } from '../hosted/locale.js';
import type { RefusedReason } from '../protocol/messages.js';
import { type BrowserFile, browserFiles, type FrameForm } from './browser-files.js';

/** Under what addresses the frames' files are, each followed by a name with a hash. */
export const FRAME_FILES_PATH = '/frame/assets/';

export interface FrameDocument {
  readonly form: FrameForm;
  readonly locale: Locale;
  readonly isDark: boolean;
  readonly publicKey: string;
  /** `null` where it comes with credentials that no address may hold. */
  readonly mode: 'test' | 'live' | null;
  readonly ancestors: FrameAncestors;
  /** Why there will be no form; the document then only says so to the page around it. */
  readonly refused: RefusedReason | null;
  /** For a form that names the merchant in words of consent. */
  readonly merchantName?: string;
}

/** Whose pages may show the form. */
export interface FrameAncestors {
  readonly origins: readonly string[];
  /** Pages of the visitor's own machine, whatever their port. */
  readonly loopback: boolean;
}

/** The document of a frame: empty but for what its script needs to know. */
export function renderFrameDocument(frame: FrameDocument): string {
  const { form, locale, isDark, publicKey, mode, ancestors, refused, merchantName } = frame;
  const { style, challengeStyle, frames } = browserFiles();
  const { script, texts } = frames[form];
  return `<!doctype html>
${html`<html lang="${locale}" data-theme="${isDark ? 'dark' : 'light'}" data-key="${publicKey}"${mode === null ? null : html` data-mode="${mode}"`} data-origins="${ancestors.origins.join(' ')}" data-loopback="${ancestors.loopback ? 'yes' : 'no'}"${refused === null ? null : html` data-refused="${refused}"`}${merchantName === undefined ? null : html` data-merchant-name="${merchantName}"`}>
<head>
<meta charset="utf-8">
<title>${TITLES[form][locale]}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${isDark ? 'dark' : 'light'}">
<meta name="format-detection" content="telephone=no">
<link rel="stylesheet" href="${pathOf(form === 'challenge' ? challengeStyle : style)}">
<link rel="modulepreload" href="${pathOf(texts[locale])}">
<script type="module" src="${pathOf(script)}"></script>
</head>
<body>
<main id="form"></main>
<p id="live" role="status"></p>
</body>
</html>`}
`;
}

export function pathOf({ name }: BrowserFile): string {
  return `${FRAME_FILES_PATH}${name.replace(/^frame\//, '')}`;
}

const TITLES = {
  payment: { ja: 'カード情報の入力', en: 'Card details' },
  address: { ja: '住所の入力', en: 'Address' },
  checkout: { ja: 'カード情報の入力', en: 'Card details' },
  challenge: { ja: '本人認証（3Dセキュア）', en: 'Check by your card company (3-D Secure)' },
} as const;
