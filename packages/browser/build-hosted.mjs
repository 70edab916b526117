import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'dist/hosted-scripts');
const made = `${out}.${process.pid}`;

/** The hosted page's script, once for each language: one request, and no text of the other language in it. */
await mkdir(made, { recursive: true });
await build({
  bundle: true,
  minify: true,
  target: ['chrome109', 'firefox115', 'safari16'],
  conditions: ['onfile-source'],
  legalComments: 'none',
  charset: 'utf8',
  format: 'esm',
  entryPoints: { ja: join(here, 'src/hosted/script/start-ja.ts'), en: join(here, 'src/hosted/script/start-en.ts') },
  outdir: made,
});

// Taken over at once, so that a server that reads it meanwhile sees one build or the other.
const former = `${made}.former`;
await rename(out, former).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});
await rename(made, out);
await rm(former, { recursive: true, force: true });
