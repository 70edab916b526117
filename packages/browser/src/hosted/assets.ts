import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LOCALES, type Locale } from './locale.js';

/** A file that the hosted page links, to be served at `path` by the origin that serves the page. */
export interface HostedAsset {
  /** Holds the hash of `body`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly immutable: true;
}

/** What every page links, to be served with {@link hostedAssetHeaders}. */
export function hostedAssets(): readonly HostedAsset[] {
  return [STYLESHEET, ICON];
}

/** The script of the form, with the texts of one language. Throws when nothing was built. */
export function hostedScript(locale: Locale): HostedAsset {
  SCRIPTS[locale] ??= assetOf(readScript(locale), `hosted-${locale}`, 'js', 'text/javascript; charset=utf-8');
  return SCRIPTS[locale];
}

/** In every language, to be served like {@link hostedAssets}. */
export function hostedScripts(): readonly HostedAsset[] {
  return LOCALES.map(hostedScript);
}

const SCRIPTS: Partial<Record<Locale, HostedAsset>> = {};

// Beside `src` and `dist` alike, so that the same relative addresses hold for the source and for what is built of it.
const STYLES = new URL('../../styles/', import.meta.url);
const BUILT = new URL('../../dist/hosted-scripts/', import.meta.url);

export const STYLESHEET = assetOf(
  readFileSync(new URL('hosted.css', STYLES)),
  'hosted',
  'css',
  'text/css; charset=utf-8',
);
export const ICON = assetOf(readFileSync(new URL('icon.svg', STYLES)), 'icon', 'svg', 'image/svg+xml');

function assetOf(body: Buffer, name: string, extension: string, contentType: string): HostedAsset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/assets/${name}-${hash}.${extension}`, contentType, body, immutable: true };
}

function readScript(locale: Locale): Buffer {
  try {
    return readFileSync(new URL(`${locale}.js`, BUILT));
  } catch (cause) {
    throw new Error("The hosted page's script is not built: run npm run build", { cause });
  }
}
