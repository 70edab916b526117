import type { Mode } from '@onfile/core';
import type { Fields } from './fields.js';

const LENGTH_MAX = 2048;

/**
 * An address to bring the cardholder to: absolute, `https` (in test mode `http` too), without user name, backslash or
 * control character. `forApps` allows schemes of apps as well, such as `myapp://done`: for addresses that the merchant's
 * own server gives. PAY.JP publishes that app schemes are allowed; the rest are our choices.
 */
export function parseUrl(
  fields: Fields,
  name: string,
  { mode, forApps }: { mode: Mode; forApps: boolean },
): string | undefined {
  const text = fields.text(name, { lengthMax: LENGTH_MAX });
  if (text === undefined) return undefined;

  const problem = urlProblem(text, { mode, forApps });
  if (problem === null) return text;
  fields.report(name, 'value', problem);
  return undefined;
}

/** The address with these parameters set: former ones of the same name are replaced, everything else stays as it is. */
export function withQueryParameters(url: string, parameters: Readonly<Record<string, string>>): string {
  const [address = '', ...fragment] = splitAtFirst(url, '#');
  const [base = '', query = ''] = splitAtFirst(address, '?');
  const kept = query.split('&').filter((pair) => pair !== '' && !Object.hasOwn(parameters, parameterName(pair)));
  const added = new URLSearchParams(parameters).toString();
  return [`${base}?${[...kept, added].join('&')}`, ...fragment].join('#');
}

function urlProblem(text: string, { mode, forApps }: { mode: Mode; forApps: boolean }): string | null {
  if (hasForbiddenCharacter(text)) return 'Must not have spaces, backslashes or control characters.';

  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return 'Must be an absolute URL.';
  if (url.username !== '' || url.password !== '') return 'Must not have a user name or password.';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:') return mode === 'test' ? null : 'Must be an https URL in live mode.';
  return forApps && isAppScheme(url.protocol, text) ? null : 'Must be an http or https URL.';
}

function hasForbiddenCharacter(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code <= 0x20 || (code >= 0x7f && code <= 0x9f) || character === '\\') return true;
  }
  return false;
}

/** `myapp://…` or `com.example.app:…`; nothing that a browser itself runs or opens. */
function isAppScheme(protocol: string, text: string): boolean {
  const scheme = protocol.slice(0, -1);
  if (BROWSER_SCHEMES.has(scheme)) return false;
  return scheme.includes('.') || text.slice(protocol.length).startsWith('//');
}

const BROWSER_SCHEMES: ReadonlySet<string> = new Set([
  'about',
  'blob',
  'data',
  'file',
  'filesystem',
  'ftp',
  'javascript',
  'vbscript',
  'view-source',
  'ws',
  'wss',
]);

function splitAtFirst(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function parameterName(pair: string): string {
  const [name = ''] = new URLSearchParams(pair).keys();
  return name;
}
