import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The module `@onfile/js` as its package has it: a shop with a bundler imports it, this one serves it as it is. */
export function readOnfileJs(): ReadonlyMap<string, string> {
  // Found from its entry, which tests take from the sources beside it.
  const folder = join(dirname(createRequire(import.meta.url).resolve('@onfile/js')), '../dist');
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return new Map(names.map((name) => [`/onfile-js/${name}`, readFileSync(join(folder, name), 'utf8')]));
}
