import { mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevProcess, freePorts, startDev } from './dev-process.js';

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

  test('the search finds what is planted, in every form that it knows', async () => {
    const planted = join(folder, 'planted');
    const number = CARDS[0][0];
    for (const form of formsOf(number)) {
      await writeFile(planted, Buffer.concat([Buffer.from('before'), form, Buffer.from('after')]));
      expect(await findIn([planted])).toEqual([`${planted} holds a card number`]);
    }
    await writeFile(planted, `{"cvc":"${CARDS[0][1]}"}`);
    expect(await findIn([planted])).toEqual([`${planted} holds a security code`]);
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
    const [number, cvc] = CARDS[0];
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
    expect(html).not.toContain(number);
    expect(html).not.toContain(MISPLACED);
  }
});

async function post(url: string, body: object, key: string): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, string>;
}

const NUMBERS = [...CARDS.map(([number]) => number), MISPLACED];

/** A number as it may be written: plain, grouped, in hex, base64 at each alignment, UTF-16, percent-encoded groups. */
function formsOf(number: string): Buffer[] {
  const groups = number.replace(/(.{4})(?=.)/g, '$1 ');
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.from(`${'x'.repeat(shift)}${number}`).toString('base64');
    return whole.slice(shift === 0 ? 0 : 4, -4);
  });
  const texts = [
    number,
    groups,
    groups.replaceAll(' ', '-'),
    groups.replaceAll(' ', '%20'),
    groups.replaceAll(' ', '+'),
  ];
  return [
    ...texts.map((text) => Buffer.from(text)),
    Buffer.from(Buffer.from(number).toString('hex')),
    ...base64.map((text) => Buffer.from(text)),
    Buffer.from(number, 'utf16le'),
  ];
}

/** Codes are too short to be looked for alone: with the name or the quotes that they would be kept with. */
const CODES = new RegExp(
  CARDS.map(([, cvc]) => `cvc\\W{0,5}${cvc}|"${cvc}"|\\b(?:code|csc|cvv)\\W{1,5}${cvc}`).join('|'),
  'i',
);

async function findIn(files: readonly string[]): Promise<string[]> {
  const forms = NUMBERS.flatMap(formsOf);
  const found: string[] = [];
  for (const file of files) {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (forms.some((form) => bytes.includes(form))) found.push(`${file} holds a card number`);
    if (CODES.test(bytes.toString('latin1'))) found.push(`${file} holds a security code`);
  }
  return found;
}

async function filesUnder(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await readdir(await realpath(folder))) {
    const path = join(await realpath(folder), name);
    const kind = await stat(path).catch(() => null);
    if (kind?.isDirectory()) files.push(...(await filesUnder(path)));
    else if (kind?.isFile()) files.push(path);
  }
  return files;
}

async function dumpDatabase(dataDir: string): Promise<string> {
  const written = JSON.parse(await readFile(join(dataDir, 'database.json'), 'utf8'));
  const { connection } = written as { connection: pg.ClientConfig };
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const { rows: texts } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
      rows.push(...texts.map(({ row }) => `${name}: ${row}`));
    }
    return rows.join('\n');
  } finally {
    await client.end();
  }
}
