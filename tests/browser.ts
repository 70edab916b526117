import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of an installed Chromium or Chrome, or `null`. `CHROMIUM_PATH` names one that stands elsewhere, and then no other
 * is looked for.
 */
export function findChromium(): string | null {
  return findOnPath({ named: process.env.CHROMIUM_PATH, names: NAMES, elsewhere: ELSEWHERE });
}

/** The first that is there: the one that was named and no other, else by these names in the search path, else elsewhere. */
export function findOnPath(search: {
  readonly named: string | undefined;
  readonly names: readonly string[];
  readonly elsewhere: readonly string[];
}): string | null {
  if (search.named) return isExecutable(search.named) ? search.named : null;

  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = search.names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...search.elsewhere].find(isExecutable) ?? null;
}

/** Says in the test output what does not run without a browser, and how to get one. */
export function announceMissingChromium(what: string): void {
  announceMissingBrowser('chromium', what);
}

export function announceMissingBrowser(name: 'chromium' | 'firefox', what: string): void {
  const debian = name === 'firefox' ? 'firefox-esr' : name;
  console.warn(
    `\nSKIPPED, no ${name === 'firefox' ? 'Firefox' : 'browser'} found: ${what}.\n` +
      `Install one (Debian, Ubuntu: apt-get install ${debian}), or set ${name.toUpperCase()}_PATH to the executable.\n`,
  );
}

/** Chromium as root in a container, asking nobody but the pages under test. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const ELSEWHERE = [
  '/usr/bin/chromium',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
