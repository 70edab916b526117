import { loadScript } from './load-script.js';
import type { Onfile, OnfileOptions } from './onfile.js';
import { onfileError } from './onfile-error.js';
import { RELEASE } from './release.js';

declare global {
  interface Window {
    /** The served script's one global. A page with a script tag of its own may call it itself. */
    Onfile?: StartOnfile;
  }
}

/** Throws `invalid_options`. `vaultUrl` may be left out where the script came from the vault by a tag. */
export type StartOnfile = (options: Omit<OnfileOptions, 'vaultUrl'> & { readonly vaultUrl?: string }) => Onfile;

/**
 * Loads the card form's script from the vault, once however often it is called, and checks it against the hash that this
 * package knows. Rejects with an `OnfileError`; after `script_not_loaded` it may be called again.
 */
export async function loadOnfile(options: OnfileOptions): Promise<Onfile> {
  if (typeof document === 'undefined') throw onfileError('invalid_options', IN_A_BROWSER);
  const origin = vaultOrigin(options.vaultUrl);
  const start = window.Onfile ?? (await sharedStart(origin));
  return start({ ...options, vaultUrl: origin });
}

const loading = new Map<string, Promise<StartOnfile>>();

function sharedStart(origin: string): Promise<StartOnfile> {
  const known = loading.get(origin);
  if (known) return known;
  const started = loadStart(origin);
  loading.set(origin, started);
  started.catch(() => loading.delete(origin));
  return started;
}

async function loadStart(origin: string): Promise<StartOnfile> {
  if (RELEASE.version === '') throw onfileError('script_not_loaded', NOT_BUILT);
  const address = `${origin}/sdk/${RELEASE.version}/onfile.js`;
  const problem = await loadScript({ address, integrity: RELEASE.integrity });
  if (problem !== null) throw onfileError('script_not_loaded', problem);
  if (!window.Onfile) throw onfileError('script_not_loaded', `${address} did not start: the console has its error.`);
  return window.Onfile;
}

function vaultOrigin(vaultUrl: unknown): string {
  const url = typeof vaultUrl === 'string' && URL.canParse(vaultUrl) ? new URL(vaultUrl) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url && isSafe) return url.origin;
  throw onfileError('invalid_options', `vaultUrl has to be the vault's https address, and is ${String(vaultUrl)}.`);
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

const IN_A_BROWSER = 'loadOnfile needs a browser. On a server leave the call to the page, for example to an effect.';
const NOT_BUILT = 'This copy of @onfile/js is not built, so it does not know its script: run npm run build.';
