import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipAsync } from '@gfx/zopfli';
import { build } from 'esbuild';
import './build-hosted.mjs';
import { minify } from 'terser';
import { postalCodes } from './build-postal-codes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, 'dist/assets');
const { version, devDependencies } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

/** What a browser loads: the merchant page's script under its fixed name, the frames' files under names with a hash. */
const shared = {
  bundle: true,
  minify: true,
  target: ['chrome109', 'firefox115', 'safari16'],
  conditions: ['onfile-source'],
  legalComments: 'none',
  metafile: true,
  charset: 'utf8',
  // So that the names' hashes are others when the second minifier is another.
  footer: { js: `// ${devDependencies.terser}` },
};

/** What merchants' pages load. Each is at `/sdk/<version>/<name>.js`, some under a fixed name as well. */
const scripts = {
  payments: 'src/facades/payjp/payments-js.ts',
  loader: 'src/facades/toast/loader-js.ts',
  onfile: 'src/facades/onfile/onfile-js.ts',
};

const made = `${out}.${process.pid}`;
await rm(made, { recursive: true, force: true });
await mkdir(made, { recursive: true });

/** What loads `onfile.js` by its address and hash, as the npm package does. */
const loaders = { 'onfile-element': 'src/facades/onfile/onfile-element-js.ts' };

await buildScripts({ ...scripts, ...loaders });
// Each form by itself: sharing a chunk would cost the payment form one request more.
const frames = {};
for (const form of ['payment', 'address', 'checkout', 'challenge']) {
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
const others = {
  style: 'styles/frame.css',
  challengeStyle: 'styles/challenge.css',
  returned: 'src/frame/challenge/returned.ts',
};
const { metafile: madeOfOthers } = await build({
  ...shared,
  entryPoints: Object.values(others).map((source) => join(here, source)),
  format: 'esm',
  outdir: join(made, 'frame'),
  entryNames: '[name]-[hash]',
});
for (const [name, source] of Object.entries(others)) others[name] = outputOf(madeOfOthers, source);

// Whatever is in one of the scripts is in their address. The loaders are in it without knowing it, and then learn it.
const names = Object.keys({ ...scripts, ...loaders }).map((name) => `${name}.js`);
const hashes = await Promise.all(names.map(hashOf));
const mark = createHash('sha256').update(hashes.join(' ')).digest('hex').slice(0, 8);
const release = { version: `${version}-${mark}`, integrity: await hashOf('onfile.js') };
await buildScripts(loaders, { name: 'release', setup: tellRelease });

const files = {};
for (const name of (await readdir(made, { recursive: true })).filter((each) => /\.(js|css)$/.test(each)).sort()) {
  if (/^frame.*\.js$/.test(name)) await shrink(join(made, name), { module: true });
  files[name.replaceAll('\\', '/')] = { integrity: await hashOf(name) };
}
await Promise.all(Object.keys(files).map(compress));
await writeFile(join(made, 'postal-codes.json'), JSON.stringify(postalCodes()));
await writeFile(
  join(made, 'manifest.json'),
  `${JSON.stringify({ version: release.version, ...others, frames, scripts: names, files }, null, 2)}\n`,
);

// Taken over at once, so that a server that reads it meanwhile sees one build or the other.
const former = `${made}.former`;
await rename(out, former).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});
await rename(made, out);
await rm(former, { recursive: true, force: true });

await writeFile(join(here, '../js/dist/release.js'), releaseModule());

async function buildScripts(sources, ...plugins) {
  const entryPoints = Object.fromEntries(Object.entries(sources).map(([name, path]) => [name, join(here, path)]));
  await build({ ...shared, entryPoints, format: 'iife', outdir: made, plugins });
  for (const name of Object.keys(sources)) await shrink(join(made, `${name}.js`), { module: false });
}

function tellRelease({ onLoad }) {
  onLoad({ filter: /[/\\]js[/\\]src[/\\]release\.ts$/ }, () => ({ contents: releaseModule() }));
}

function releaseModule() {
  return `export const RELEASE = ${JSON.stringify(release)};\n`;
}

async function hashOf(name) {
  const body = await readFile(join(made, name));
  return `sha384-${createHash('sha384').update(body).digest('base64')}`;
}

/** The form's own script, and the one with its texts in each language. */
function scriptsOf(metafile, form) {
  const madeOf = (name) => outputOf(metafile, `src/frame/${form}/${name}.ts`);
  return { script: madeOf('start'), texts: { ja: madeOf('texts-ja'), en: madeOf('texts-en') } };
}

/** The name of the file that was made of this source. */
function outputOf({ outputs }, source) {
  const isIt = ({ entryPoint }) =>
    entryPoint !== undefined && relative(here, join(process.cwd(), entryPoint)).replaceAll('\\', '/') === source;
  return Object.keys(outputs)
    .find((path) => isIt(outputs[path]))
    ?.split('/')
    .at(-1);
}

/** As gzip has it, but smaller by 3 %: slow to make, so what is the same as before is taken from there; and no slower to read. */
async function compress(name) {
  const body = await readFile(join(made, name));
  const former = await readFile(join(out, name)).catch(() => null);
  const known = former?.equals(body) ? await readFile(join(out, `${name}.gz`)).catch(() => null) : null;
  await writeFile(join(made, `${name}.gz`), known ?? (await gzipAsync(body, { numiterations: 3 })));
}

/** A second minifier, for what the first leaves: 3% of the payment form. */
async function shrink(path, { module }) {
  const options = { module, ecma: 2022, compress: { passes: 3, toplevel: true }, mangle: { toplevel: true } };
  const { code } = await minify(await readFile(path, 'utf8'), options);
  await writeFile(path, code);
}
