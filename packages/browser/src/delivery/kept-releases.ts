import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { BrowserFile } from './browser-files.js';

/** A script of an earlier release, which pages still load by its address and hash. */
export interface KeptScript extends BrowserFile {
  readonly version: string;
}

// Beside `src` and `dist` alike.
const RELEASES = new URL('../../releases/', import.meta.url);

/** Every script in the folders of earlier releases. How long they are kept is in that folder's README. */
export function readKeptReleases(folder: URL = RELEASES): readonly KeptScript[] {
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return versions.flatMap(({ name: version }) =>
    readdirSync(new URL(`${version}/`, folder)).map((name): KeptScript => {
      const body = readFileSync(new URL(`${version}/${name}`, folder));
      const integrity = `sha384-${createHash('sha384').update(body).digest('base64')}`;
      return { version, name, contentType: 'text/javascript; charset=utf-8', body, integrity };
    }),
  );
}
