import { type Answer, ask } from '../api/ask.js';
import { openOperatorApi } from '../api/operator-api.js';
import type { Place } from '../api/place.js';
import { CommandFault } from '../output.js';
import { clockFinding } from './clock.js';
import { type Finding, ok, problem, skipped } from './finding.js';

/** Whether both origins answer, are ready, and have our time. */
export async function checkServer(place: Place, signal: AbortSignal): Promise<readonly Finding[]> {
  const api = await checkOrigin('API', place.apiUrl, '/readyz', signal);
  return [...api, ...(await checkVault(place, signal))];
}

async function checkVault({ vaultUrl, apiUrl }: Place, signal: AbortSignal): Promise<readonly Finding[]> {
  if (vaultUrl === null) {
    return [skipped('server', "The vault's address is not known", 'Set ONFILE_VAULT_URL to have it looked at')];
  }
  if (new URL(vaultUrl).origin === new URL(apiUrl).origin) {
    const advice = 'Give the vault an origin of its own: ONFILE_PUBLIC_VAULT_URL';
    return [problem('server', 'The API and the vault are one origin', advice)];
  }
  return checkOrigin('vault', vaultUrl, '/scripts.json', signal);
}

async function checkOrigin(name: string, url: string, path: string, signal: AbortSignal): Promise<readonly Finding[]> {
  const askedAt = Date.now();
  let answer: Answer;
  try {
    answer = await ask({ url: url + path, signal });
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return [problem('server', `The ${name} does not answer at ${url}`, 'Start it, or correct its address')];
  }
  const { status, headers } = answer;
  if (status !== 200) {
    const advice = status === 503 ? 'Its log says what it waits for' : 'Is an Onfile server of this release there?';
    return [problem('server', `The ${name} answers ${path} with ${status}`, advice)];
  }
  const theirs = Date.parse(headers.get('date') ?? '');
  const answeredAt = Date.now();
  const clock = Number.isNaN(theirs)
    ? []
    : [clockFinding(`the ${name}`, { theirs, askedAt, answeredAt, unitMs: 1_000 })];
  return [ok('server', `The ${name} answers at ${url}`), ...clock];
}

/** Whether the operator API takes our key. */
export async function checkKey(place: Place, signal: AbortSignal): Promise<Finding> {
  try {
    await openOperatorApi(place, signal).get('/events', { query: { limit: 1 } });
    return ok('server', 'The key is accepted');
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return problem('server', `The key is not accepted: ${error.message}`, 'Make another one: onfile keys create');
  }
}
