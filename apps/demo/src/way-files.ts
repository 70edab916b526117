import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Way } from './ways.js';

/** A file of a way, as its page shows it. */
export interface WayFile {
  readonly name: string;
  readonly text: string;
}

export interface WayFiles {
  readonly server: readonly WayFile[];
  readonly page: readonly WayFile[];
  /** The page's own part: markup with `{{name}}` for what is prepared. */
  readonly markup: string;
  /** What the page runs, or `null` where it runs nothing. */
  readonly script: string | null;
  /** Of the scripts in the markup itself, as a content policy names them. */
  readonly inlineHashes: readonly string[];
}

export async function readWayFiles({ name, server, page }: Way): Promise<WayFiles> {
  const files = await Promise.all([read('src', server), read('browser', page)]);
  const named = (wanted: string) => files[1].find((file) => file.name === wanted)?.text ?? null;
  const markup = named(`${name}.html`);
  if (markup === null) throw new Error(`The way ${name} has no ${name}.html.`);
  const inline = [...markup.matchAll(/<script(?![^>]* src=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
  return {
    server: files[0],
    page: files[1],
    markup,
    script: named(`${name}.js`),
    inlineHashes: inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`),
  };
}

function read(folder: string, names: readonly string[]): Promise<WayFile[]> {
  return Promise.all(
    names.map(async (name) => ({
      name,
      text: await readFile(new URL(`../${folder}/${name}`, import.meta.url), 'utf8'),
    })),
  );
}
