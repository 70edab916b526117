import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'dist/assets');
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

/** What a browser loads: the merchant page's script under its fixed name, the frames' files under names with a hash. */
const shared = {
  bundle: true,
  minify: true,
  target: ['chrome109', 'firefox115', 'safari16'],
  conditions: ['onfile-source'],
  legalComments: 'none',
  metafile: true,
  charset: 'utf8',
};

/** What merchants' pages load. Each is at `/sdk/<version>/<name>.js`, some under a fixed name as well. */
const scripts = {
  payments: 'src/facades/payjp/payments-js.ts',
  onfile: 'src/facades/onfile/onfile-js.ts',
};

const made = `${out}.${process.pid}`;
await rm(made, { recursive: true, force: true });
await mkdir(made, { recursive: true });

await build({
  ...shared,
  entryPoints: Object.fromEntries(Object.entries(scripts).map(([name, source]) => [name, join(here, source)])),
  format: 'iife',
  outdir: made,
});
// Each form by itself: sharing a chunk would cost the payment form one request more.
const frames = {};
for (const form of ['payment', 'address']) {
  const { metafile } = await build({
    ...shared,
    entryPoints: { [form]: join(here, `src/frame/${form}/start.ts`) },
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    outdir: join(made, 'frame'),
    entryNames: '[name]-[hash]',
    chunkNames: `${form}-[name]-[hash]`,
  });
  frames[form] = scriptsOf(metafile, form);
}
const css = await build({
  ...shared,
  entryPoints: { frame: join(here, 'styles/frame.css') },
  outdir: join(made, 'frame'),
  entryNames: '[name]-[hash]',
});
const style = Object.keys(css.metafile.outputs)[0].split('/').at(-1);

const files = {};
for (const name of (await readdir(made, { recursive: true })).filter((each) => /\.(js|css)$/.test(each)).sort()) {
  const body = await readFile(join(made, name));
  files[name.replaceAll('\\', '/')] = {
    bytes: body.length,
    integrity: `sha384-${createHash('sha384').update(body).digest('base64')}`,
  };
}
// Whatever is in one of the scripts is in their address.
const hashes = Object.keys(scripts).map((name) => files[`${name}.js`].integrity);
const mark = createHash('sha256').update(hashes.join(' ')).digest('hex').slice(0, 8);
const release = { version: `${version}-${mark}`, integrity: files['onfile.js'].integrity };
await writeFile(
  join(made, 'manifest.json'),
  `${JSON.stringify({ version: release.version, style, frames, scripts: Object.keys(scripts).map((name) => `${name}.js`), files }, null, 2)}\n`,
);

// Taken over at once, so that a server that reads it meanwhile sees one build or the other.
const former = `${made}.former`;
await rename(out, former).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});
await rename(made, out);
await rm(former, { recursive: true, force: true });

// The npm package loads this very script, and no other.
await writeFile(join(here, '../js/dist/release.js'), `export const RELEASE = ${JSON.stringify(release)};\n`);

/** The form's own script, and the one with its texts in each language. */
function scriptsOf({ outputs }, form) {
  const named = Object.entries(outputs).map(([path, { entryPoint = '' }]) => ({
    name: path.split('/').at(-1),
    source: relative(here, join(process.cwd(), entryPoint)).replaceAll('\\', '/'),
  }));
  const madeOf = (source) => named.find((each) => each.source === source)?.name;
  return {
    script: madeOf(`src/frame/${form}/start.ts`),
    texts: { ja: madeOf(`src/frame/${form}/texts-ja.ts`), en: madeOf(`src/frame/${form}/texts-en.ts`) },
  };
}
