import { createHash } from 'node:crypto';
import { type Answer, ask } from '../api/ask.js';
import type { Place } from '../api/place.js';
import { CommandFault } from '../output.js';
import { type Finding, ok, problem, skipped } from './finding.js';

/** What browsers are told has to reach them: a proxy in front of the server can drop or replace it. */
export async function checkHeaders({ apiUrl, vaultUrl }: Place, signal: AbortSignal): Promise<readonly Finding[]> {
  const api = await problemsAt(`${apiUrl}/healthz`, [...EVERYWHERE, ...ON_DATA], signal);
  const vault =
    vaultUrl === null
      ? []
      : [
          ...(await problemsAt(`${vaultUrl}/payments.js`, [...EVERYWHERE, ...ON_SCRIPTS], signal)),
          ...(await problemsAt(`${vaultUrl}/setup/cs_none`, [...EVERYWHERE, ...ON_PAGES], signal)),
        ];
  const found = [...api, ...vault];
  if (found.length > 0) return found;
  if (vaultUrl === null) return [ok('headers', 'Browsers get every header of the API')];
  return [ok('headers', 'Browsers get every header of the API, the scripts and the pages')];
}

interface ExpectedHeader {
  readonly name: string;
  readonly value: RegExp;
  /** Only where a browser heeds it. */
  readonly isForHttps?: boolean;
}

const EVERYWHERE: readonly ExpectedHeader[] = [
  { name: 'x-content-type-options', value: /^nosniff$/ },
  { name: 'referrer-policy', value: /./ },
  { name: 'permissions-policy', value: /camera=\(\)/ },
  { name: 'content-security-policy', value: /default-src 'none'(?!.*unsafe-inline)/ },
  { name: 'strict-transport-security', value: /max-age=\d{7,}/, isForHttps: true },
];
const ON_DATA: readonly ExpectedHeader[] = [
  { name: 'cache-control', value: /no-store/ },
  { name: 'cross-origin-resource-policy', value: /^same-origin$/ },
];
const ON_SCRIPTS: readonly ExpectedHeader[] = [
  { name: 'content-type', value: /^text\/javascript/ },
  { name: 'access-control-allow-origin', value: /^\*$/ },
  { name: 'cross-origin-resource-policy', value: /^cross-origin$/ },
];
const ON_PAGES: readonly ExpectedHeader[] = [
  { name: 'content-type', value: /^text\/html/ },
  { name: 'cache-control', value: /no-store/ },
];

async function problemsAt(
  url: string,
  expected: readonly ExpectedHeader[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { pathname, origin, protocol } = new URL(url);
  const answer = await answerOf(url, signal);
  if (answer === null)
    return [problem('headers', `${origin}${pathname} does not answer`, 'See the findings about the server')];
  const wrong = expected.filter(({ name, value, isForHttps }) => {
    if (isForHttps && protocol !== 'https:') return false;
    return !value.test(answer.headers.get(name) ?? '');
  });
  return wrong.map(({ name }) => {
    const found = answer.headers.get(name);
    const text = `${origin}${pathname} has ${found === null ? 'no' : 'another'} ${name}`;
    return problem('headers', text, "Let the server's own header through the proxy in front of it, unchanged");
  });
}

/** Every script is fetched and compared with its published hash: what differs was changed on its way, or at its source. */
export async function checkScripts({ vaultUrl }: Place, signal: AbortSignal): Promise<readonly Finding[]> {
  if (vaultUrl === null) return [skipped('scripts', "The vault's address is not known", 'Set ONFILE_VAULT_URL')];
  const list = await answerOf(`${vaultUrl}/scripts.json`, signal);
  if (list?.status !== 200) {
    return [
      problem('scripts', `There is no list of scripts at ${vaultUrl}/scripts.json`, 'Route that path to the vault'),
    ];
  }
  const { scripts } = JSON.parse(list.text) as { scripts: readonly { path: string; integrity: string }[] };
  const found: Finding[] = [];
  for (const { path, integrity } of scripts) {
    const script = await answerOf(vaultUrl + path, signal);
    if (script?.status !== 200) {
      found.push(
        problem('scripts', `${path} is listed and not served`, 'Route that path to the vault, in one release'),
      );
    } else if (integrityOf(script.text) !== integrity) {
      const advice =
        'Look for a proxy that changes scripts (minifying, injecting); if there is none, treat it as an attack';
      found.push(problem('scripts', `${path} is not what is published of it`, advice));
    }
  }
  return found.length > 0 ? found : [ok('scripts', `All ${scripts.length} scripts are as published`)];
}

function integrityOf(text: string): string {
  return `sha384-${createHash('sha384').update(text).digest('base64')}`;
}

async function answerOf(url: string, signal: AbortSignal): Promise<Answer | null> {
  try {
    return await ask({ url, signal });
  } catch (error) {
    if (error instanceof CommandFault && !signal.aborted) return null;
    throw error;
  }
}
