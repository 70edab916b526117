import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createIds, createLog, createMerchant, openWebhooks, readConfig, systemClock } from '@onfile/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { databaseUrl } from '../running-server.js';
import { makeCustomersWithEvents } from './customers.js';

const MAIN = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');
const EVENTS = 3;

let directory: string;
let environment: Record<string, string>;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'onfile-webhooks-cli-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startServerForTests();
  undo.push(() => postgres.stop());
  environment = { ONFILE_DATA_DIR: directory, DATABASE_URL: databaseUrl(postgres.connection) };
  const log = createLog({ level: 'error', format: 'json', writeLine: () => undefined });
  const { storage, close } = await openWebhooks(readConfig(environment, directory), log);
  const ids = createIds(systemClock);
  const merchant = await createMerchant({ storage, clock: systemClock, ids }, 'Shop');
  const scope = { merchantId: merchant.id, mode: 'test' } as const;
  await makeCustomersWithEvents({ storage, ids }, { scope, customers: 1, eventsEach: EVENTS });
  await close();
});
afterAll(async () => {
  for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
});

interface Ended {
  readonly code: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: every command answers another shape
  readonly lines: readonly any[];
  readonly stderr: string;
}

function webhooks(...args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(process.execPath, [MAIN, 'webhooks', ...args], { cwd: directory, env });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const lines = () => output.stdout.split('\n').filter((line) => line !== '');
  return new Promise((ended) =>
    child.once('close', (code) =>
      ended({ code, stderr: output.stderr, lines: code === 0 ? lines().map((line) => JSON.parse(line)) : lines() }),
    ),
  );
}

describe('onfile webhooks', () => {
  let endpointId: string;

  test('create tells the secret and the token, list never does', async () => {
    const { code, lines } = await webhooks('create', '--url', 'http://localhost:9/hooks', '--events', 'customer.*');
    expect(code).toBe(0);
    const [{ id, secret, webhookToken }] = lines;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhookToken).toMatch(/^whook_[A-Za-z0-9]{32}$/);
    endpointId = id;

    const listed = await webhooks('list');
    expect(listed.lines).toMatchObject([
      { id, state: 'enabled', events: ['customer.created', 'customer.updated', 'customer.deleted'] },
    ]);
    expect(JSON.stringify(listed)).not.toMatch(/whsec_|whook_/);
  });

  // biome-ignore format: a table
  const refused = [
    [['create', '--url', 'http://10.0.0.1/'],                                   4, 'has to begin with https://'],
    [['create', '--url', 'https://10.0.0.1/'],                                  4, 'is an IP address'],
    [['create', '--url', 'https://intranet.corp/'],                             4, 'only means something inside a network'],
    [['create', '--url', 'https://u:p@shop.example/'],                          4, 'user or password'],
    [['create', '--url', 'hooks'],                                              4, 'write it in full'],
    [['create', '--url', 'https://shop.example/', '--events', 'order.paid'],    4, 'There are setup_flow.created'],
    [['create', '--url', 'https://shop.example/', '--dialect', 'esperanto'],    4, 'there is payjp'],
    [['create'],                                                                2, '--url'],
    [['disable', '019b7e1a-0000-7000-8000-000000000001'],                       4, 'onfile webhooks list'],
    [['disable', 'x'],                                                          2, 'has to be a UUID'],
    [['roll-secret', '019b7e1a-0000-7000-8000-000000000001', '--overlap-hours', 'ten'], 2, 'whole number from 0 to 720'],
    [['deliveries', '--limit', '0'],                                            2, 'whole number from 1 to 1000'],
    [['replay'],                                                                2, '--endpoint together with --since'],
    [['replay', '--since', '2026-01-01'],                                       2, '--endpoint together with --since'],
    [['replay', '--endpoint', '019b7e1a-0000-7000-8000-000000000001', '--since', 'noon'], 2, '2026-01-31T09:00:00Z'],
    [['replay', 'evnt_00000000000000000000000000'],                             4, 'there is none'],
  ] as const;
  for (const [args, code, words] of refused) {
    test(`${args.join(' ')} ends with ${code} and says what to do`, async () => {
      const ended = await webhooks(...args);
      expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
    });
  }

  test('replay --since sends what an endpoint never got, and deliveries lists it', async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString();
    expect((await webhooks('replay', '--endpoint', endpointId, '--since', since)).lines).toEqual([
      { replayed: EVENTS },
    ]);
    const { lines } = await webhooks('deliveries', '--endpoint', endpointId, '--state', 'pending');
    expect(lines.map(({ type, state, attempts }) => [type, state, attempts])).toEqual([
      ['customer.updated', 'pending', 0],
      ['customer.updated', 'pending', 0],
      ['customer.created', 'pending', 0],
    ]);
    const [latest] = lines;
    expect(latest.eventId).toMatch(/^evnt_/);
    expect((await webhooks('replay', latest.eventId)).lines).toEqual([{ replayed: 1 }]);
    const earlier = await webhooks('deliveries', '--before', latest.eventId);
    expect(earlier.lines).toEqual(lines.slice(1));
  });

  test('disable, enable and roll-secret do what they say', async () => {
    expect((await webhooks('disable', endpointId)).lines).toMatchObject([
      { state: 'disabled', disabledReason: 'operator' },
    ]);
    expect((await webhooks('enable', endpointId)).lines).toMatchObject([{ state: 'enabled', disabledReason: null }]);
    const [first] = (await webhooks('roll-secret', endpointId)).lines;
    const [second] = (await webhooks('roll-secret', endpointId, '--overlap-hours', '0')).lines;
    expect(first.secret).not.toBe(second.secret);
    expect(first.webhookToken).toBe(second.webhookToken);
  });
});
