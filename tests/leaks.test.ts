import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevProcess, freePorts, startDev } from './dev-process.js';
import { dumpDatabase, filesUnder, findInFiles, needlesOfCode, needlesOfNumber, searchFor } from './leaks-search.js';

/** Cards with the codes typed beside them. Four digits each, so that a code is seldom found by chance. */
const CARDS = [
  // number           code    ends as
  ['378282246310005', '8137', 'succeeded'],
  ['371449635398431', '9254', 'requires_action'],
  ['4242424242424242', '613', 'requires_action'],
  ['4000000000000002', '759', 'card_declined'],
  ['4242424242424241', '847', 'validation_error'],
] as const;

/** Typed where no card belongs: refused, and kept nowhere. */
const MISPLACED = '5555555555554444';

describe('after cards were saved, declined, mistyped and typed in the wrong place', () => {
  let folder: string;
  let dev: DevProcess;
  let stopped = false;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onfile-leaks-'));
    dev = await startDev({ dataDir: folder, port: await freePorts(), env: { ONFILE_LOG_LEVEL: 'debug' } });
    for (const [number, cvc, ending] of CARDS) expect(await tryCard(number, cvc, ending)).toBe(ending);
    expect(await misplace('metadata', { note: MISPLACED })).toBe('sensitive_data_not_allowed');
    expect(await misplace('description', `my card is ${MISPLACED.replace(/(.{4})/g, '$1 ').trim()}`)).toBe(
      'sensitive_data_not_allowed',
    );
    await typeOnHostedPage();
  });
  afterAll(async () => {
    if (!stopped) await dev?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('the search finds what is planted, in every form that it knows, compressed too', async () => {
    const planted = join(folder, 'planted');
    const [number, cvc] = CARDS[0];
    for (const { what, bytes } of [...needlesOfNumber(number), ...needlesOfCode(cvc)]) {
      const whole = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')]);
      await writeFile(planted, whole);
      expect(await findIn([planted])).toContain(`${planted} holds ${what}`);
      await writeFile(planted, Buffer.concat([Buffer.from('before'), gzipSync(whole)]));
      expect(await findIn([planted])).toContain(`${planted} holds ${what}, compressed`);
    }
    await rm(planted);
  });

  test('no number and no code is in a logical dump of the database', async () => {
    const dump = join(folder, 'dump');
    await writeFile(dump, await dumpDatabase(folder));
    expect((await readFile(dump, 'utf8')).length).toBeGreaterThan(1_000);
    expect(await findIn([dump])).toEqual([]);
    await rm(dump);
  });

  test('nor in what the processes wrote to their outputs, at the most talkative level', async () => {
    const log = join(folder, 'log');
    await writeFile(log, dev.output());
    expect(dev.output()).toContain('"request.ended"');
    expect(await findIn([log])).toEqual([]);
    await rm(log);
  });

  test('nor in any file: database with its write-ahead log, ledger, keys, server log', async () => {
    const running = await filesUnder(folder);
    expect(running.some((file) => file.includes('pg_wal'))).toBe(true);
    expect(running.some((file) => file.includes('ledger'))).toBe(true);
    expect(await findIn(running)).toEqual([]);
    await dev.stop();
    stopped = true;
    expect(await findIn(await filesUnder(folder))).toEqual([]);
  });

  async function tryCard(number: string, cvc: string, ending: string): Promise<string> {
    const { apiUrl, vaultUrl, demoUrl, merchant } = dev.description;
    const usage = ending === 'succeeded' ? 'on_session' : 'off_session';
    const flow = await post(`${apiUrl}/v2/setup_flows`, { usage }, merchant.secretKey);
    const card = { number, exp_month: 12, exp_year: 2034, cvc };
    const billing_details = { name: 'TARO YAMADA', email: 'taro@example.com' };
    const body = {
      client_secret: flow.client_secret,
      return_url: `${demoUrl}/`,
      payment_method_data: { type: 'card', card, billing_details },
    };
    const answer = await post(`${vaultUrl}/v2/setup_flows/${flow.id}/confirm`, body, merchant.publicKey);
    return answer.code ?? answer.status ?? 'no status';
  }

  async function misplace(field: string, value: unknown): Promise<string> {
    const { apiUrl, merchant } = dev.description;
    const answer = await post(`${apiUrl}/v2/customers`, { [field]: value }, merchant.secretKey);
    return answer.code ?? 'accepted';
  }

  async function typeOnHostedPage(): Promise<void> {
    const { apiUrl, merchant } = dev.description;
    const session = await post(`${apiUrl}/v2/checkout/sessions`, { mode: 'setup' }, merchant.secretKey);
    // One that the page does not suggest to whoever tries it out.
    const [number, cvc] = CARDS[1];
    const form = {
      card_number: number,
      card_cvc: cvc,
      card_expiry: '',
      card_name: MISPLACED,
      email: 'x',
      locale: 'en',
    };
    const answer = await fetch(session.url ?? '', { method: 'POST', body: new URLSearchParams(form) });
    const html = await answer.text();
    // Among the page's own test cards it stands anyway.
    const before = await (await fetch(session.url ?? '')).text();
    expect(html.split(number)).toHaveLength(before.split(number).length);
    expect(html).not.toContain(MISPLACED);
  }
});

async function post(url: string, body: object, key: string): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, string>;
}

const NUMBERS = [...CARDS.map(([number]) => number), MISPLACED];

const search = searchFor([...NUMBERS.flatMap(needlesOfNumber), ...CARDS.flatMap(([, cvc]) => needlesOfCode(cvc))]);

function findIn(files: readonly string[]): Promise<readonly string[]> {
  return findInFiles(files, search);
}
