import { readFileSync } from 'node:fs';
import type { FormLocale } from '../protocol/messages.js';

/** A file that browsers load, as `build.mjs` made it. */
export interface BrowserFile {
  readonly name: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** The body in gzip, made at the build. Scripts of earlier releases have none. */
  readonly gzip?: Buffer;
  /** SHA-384, as an `integrity` attribute has it. */
  readonly integrity: string;
}

export interface BrowserFiles {
  /** The release, with a part of its scripts' hash: what is at an address with it never changes. */
  readonly version: string;
  readonly style: BrowserFile;
  readonly challengeStyle: BrowserFile;
  /** Of the page that a card company's page leads back to. */
  readonly returned: BrowserFile;
  readonly scripts: Readonly<Record<ScriptName, BrowserFile>>;
  readonly frames: Readonly<Record<FrameForm, FrameScripts>>;
  /** A file of the frames by its name, which holds a hash; `null` when there is none. */
  frameFile(name: string): BrowserFile | null;
  readonly all: readonly BrowserFile[];
}

/** What merchants' pages load. */
export type ScriptName = 'payments.js' | 'loader.js' | 'onfile.js' | 'onfile-element.js';

export type FrameForm = 'payment' | 'address' | 'checkout' | 'challenge';

export interface FrameScripts {
  readonly script: BrowserFile;
  readonly texts: Readonly<Record<FormLocale, BrowserFile>>;
}

/** Read at the first call, and kept. Throws when nothing was built. */
export function browserFiles(): BrowserFiles {
  known ??= readFiles();
  return known;
}

let known: BrowserFiles | undefined;

// Beside `src` and `dist` alike, so that the same relative address holds for the source and for what is built of it.
const ASSETS = new URL('../../dist/assets/', import.meta.url);

interface Manifest {
  readonly version: string;
  readonly style: string;
  readonly challengeStyle: string;
  readonly returned: string;
  readonly frames: Readonly<
    Record<FrameForm, { readonly script: string; readonly texts: Readonly<Record<FormLocale, string>> }>
  >;
  readonly scripts: readonly ScriptName[];
  readonly files: Readonly<Record<string, { readonly integrity: string }>>;
}

function readFiles(): BrowserFiles {
  const manifest = readManifest();
  const files = Object.entries(manifest.files).map(([name, { integrity }]): BrowserFile => {
    const contentType = name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    const [body, gzip] = [name, `${name}.gz`].map((file) => readFileSync(new URL(file, ASSETS))) as [Buffer, Buffer];
    return { name, contentType, body, gzip, integrity };
  });
  const named = (name: string): BrowserFile => {
    const file = files.find((each) => each.name === name);
    if (file === undefined) throw new Error(`The browser's files lack ${name}: run npm run build`);
    return file;
  };
  const frameScripts = (form: FrameForm): FrameScripts => {
    const { script, texts } = manifest.frames[form];
    return {
      script: named(`frame/${script}`),
      texts: { ja: named(`frame/${texts.ja}`), en: named(`frame/${texts.en}`) },
    };
  };
  return {
    version: manifest.version,
    style: named(`frame/${manifest.style}`),
    challengeStyle: named(`frame/${manifest.challengeStyle}`),
    returned: named(`frame/${manifest.returned}`),
    scripts: Object.fromEntries(manifest.scripts.map((name) => [name, named(name)])) as BrowserFiles['scripts'],
    frames: {
      payment: frameScripts('payment'),
      address: frameScripts('address'),
      checkout: frameScripts('checkout'),
      challenge: frameScripts('challenge'),
    },
    frameFile: (name) => files.find((each) => each.name === `frame/${name}`) ?? null,
    all: files,
  };
}

function readManifest(): Manifest {
  try {
    return JSON.parse(readFileSync(new URL('manifest.json', ASSETS), 'utf8')) as Manifest;
  } catch (cause) {
    throw new Error("The browser's files are not built: run npm run build", { cause });
  }
}
