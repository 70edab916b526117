import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Keeps the scripts that were just built, so that later releases serve them too: see releases/README.md. */
const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, 'dist/assets');
const { version, scripts } = JSON.parse(await readFile(join(assets, 'manifest.json'), 'utf8'));
const folder = join(here, 'releases', version);
await mkdir(folder, { recursive: true });
for (const name of scripts) await copyFile(join(assets, name), join(folder, name));
console.log(`${folder}: ${scripts.join(', ')}`);
