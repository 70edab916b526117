import { createHash } from 'node:crypto';
import { hostedScripts } from '../hosted/assets.js';
import { type BrowserFile, browserFiles, type ScriptName } from './browser-files.js';
import { pathOf } from './frame-document.js';
import { readKeptReleases } from './kept-releases.js';

/** A script that our pages or the merchants' run. */
export interface ListedScript {
  readonly path: string;
  readonly integrity: string;
  readonly reason: string;
}

/** Every script that is served to browsers, with its hash and why it is there: the inventory that PCI DSS 6.4.3 asks for. */
export function listScripts(): { readonly version: string; readonly scripts: readonly ListedScript[] } {
  const { version, scripts, frames, returned } = browserFiles();
  const fixed = Object.entries(FIXED_PATHS).map(([path, name]) => ({
    path,
    integrity: scripts[name].integrity,
    reason: REASONS[name],
  }));
  const versioned = [...versionedScripts()].map(([path, { name, integrity }]) => ({
    path,
    integrity,
    reason: `${REASONS[name as ScriptName]} A copy that never changes.`,
  }));
  const inFrames = (['payment', 'address', 'checkout', 'challenge'] as const).flatMap((form) => {
    const { script, texts } = frames[form];
    const what = FRAME_NAMES[form];
    return [
      { path: pathOf(script), integrity: script.integrity, reason: `The ${what}, in its frame.` },
      { path: pathOf(texts.ja), integrity: texts.ja.integrity, reason: `The ${what}’s texts in Japanese.` },
      { path: pathOf(texts.en), integrity: texts.en.integrity, reason: `The ${what}’s texts in English.` },
    ];
  });
  const wayBack = {
    path: pathOf(returned),
    integrity: returned.integrity,
    reason: 'The way back from 3-D Secure inside a frame: stays in our window, and goes on to the merchant elsewhere.',
  };
  const hosted = hostedScripts().map(({ path, body }) => ({
    path,
    integrity: `sha384-${createHash('sha384').update(body).digest('base64')}`,
    reason: 'The hosted page’s form: checks entries as they are made. The page is complete without it.',
  }));
  return { version, scripts: [...fixed, ...versioned, ...inFrames, wayBack, ...hosted] };
}

const FRAME_NAMES = {
  payment: 'card form',
  address: 'address form',
  checkout: 'checkout form',
  challenge: '3-D Secure window',
} as const;

/** The names that others' loaders ask for, and what is there. */
export const FIXED_PATHS = {
  '/payments.js': 'payments.js',
  '/assets/loader.js': 'loader.js',
} as const satisfies Readonly<Record<string, ScriptName>>;

/** By its path, every script that never changes: of this release and of those before. */
export function versionedScripts(): ReadonlyMap<string, BrowserFile> {
  versioned ??= new Map([
    ...readKeptReleases().map((kept) => [sdkPath(kept.name, kept.version), kept] as const),
    ...Object.values(browserFiles().scripts).map((script) => [sdkPath(script.name), script] as const),
  ]);
  return versioned;
}

let versioned: ReadonlyMap<string, BrowserFile> | undefined;

/** Where a copy of a script is that never changes. */
export function sdkPath(name: string, version = browserFiles().version): string {
  return `/sdk/${version}/${name}`;
}

const MERCHANT_PAGE =
  'Runs in the merchant’s page: shows the card form in a frame of this origin and hears of its result.';

const REASONS: Readonly<Record<ScriptName, string>> = {
  'payments.js': `${MERCHANT_PAGE} Under the names of PAY.JP’s script.`,
  'loader.js': `${MERCHANT_PAGE} Under the names of Toast’s script.`,
  'onfile.js': `${MERCHANT_PAGE} Under its own names, for @onfile/js.`,
  'onfile-element.js': 'Runs in the merchant’s page: the element <onfile-card-form>, which loads onfile.js.',
};
