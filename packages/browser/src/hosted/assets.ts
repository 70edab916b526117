import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file that the hosted page links, to be served at `path` by the origin that serves the page. */
export interface HostedAsset {
  /** Holds the hash of `body`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly immutable: true;
}

/** All of them, to be served with {@link hostedAssetHeaders}. */
export function hostedAssets(): readonly HostedAsset[] {
  return [STYLESHEET, ICON];
}

// Beside `src` and `dist` alike, so that the same relative address holds for the source and for what is built of it.
const STYLES = new URL('../../styles/', import.meta.url);

export const STYLESHEET = assetOf('hosted', 'css', 'text/css; charset=utf-8');
export const ICON = assetOf('icon', 'svg', 'image/svg+xml');

function assetOf(name: string, extension: string, contentType: string): HostedAsset {
  const body = readFileSync(new URL(`${name}.${extension}`, STYLES));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/assets/${name}-${hash}.${extension}`, contentType, body, immutable: true };
}
