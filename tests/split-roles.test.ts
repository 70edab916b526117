import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog, createMerchant, issueApiKey, type RunningServer, readConfig, startServer } from '@onfile/server';
import { startSimulator } from '@onfile/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerForTests } from '../packages/storage/testing/embedded-for-tests.js';
import { databaseUrl } from './running-server.js';

const undo: (() => Promise<unknown>)[] = [];
let api: RunningServer;
let vault: RunningServer;
let worker: RunningServer;
let secretKey: string;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-roles-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startServerForTests();
  undo.push(() => postgres.stop());
  const simulator = await startSimulator({ dataDir: directory });
  undo.push(() => simulator.close());

  const startRole = async (role: string, more: Record<string, string> = {}) => {
    const config = readConfig(
      {
        ONFILE_ROLE: role,
        ONFILE_PORT: '0',
        ONFILE_DATA_DIR: directory,
        DATABASE_URL: databaseUrl(postgres.connection),
        ONFILE_SIMULATOR_URL: simulator.url,
        ...more,
      },
      directory,
    );
    const server = await startServer(config, {
      log: createLog({ level: 'error', format: 'json', writeLine: () => undefined }),
    });
    undo.push(() => server.stop('test'));
    return server;
  };
  vault = await startRole('vault');
  api = await startRole('api', { ONFILE_PUBLIC_VAULT_URL: vault.vaultUrl });
  worker = await startRole('worker');
  const { id: merchantId } = await createMerchant(api, 'Shop');
  secretKey = (await issueApiKey(api, { merchantId, mode: 'test', kind: 'secret', name: null })).text;
});

afterAll(async () => {
  for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
});

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const CARD = {
  type: 'card',
  card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
  billing_details: { name: 'TARO YAMADA', email: 'taro@example.com' },
};

describe('roles that run apart', () => {
  test('the API takes no card, and names the vault that does', async () => {
    const refused = await post(`${api.apiUrl}/v2/payment_methods`, CARD);
    expect(refused.status).toBe(421);
    expect(await refused.json()).toMatchObject({
      code: 'card_route_elsewhere',
      detail: expect.stringContaining(`${vault.vaultUrl}/v2/payment_methods`),
    });
    expect((await post(`${vault.vaultUrl}/v2/payment_methods`, CARD)).status).toBe(200);
  });

  test('the vault answers what has to do with cards and browsers, and nothing else of the API', async () => {
    expect((await post(`${vault.vaultUrl}/v2/customers`, {})).status).toBe(404);
    expect((await post(`${vault.apiUrl}/v2/customers`, {})).status).toBe(404);
    expect((await post(`${api.apiUrl}/v2/customers`, {})).status).toBe(200);
  });

  test('a session that the API made is a page of the vault, where the card is saved', async () => {
    const session = await (await post(`${api.apiUrl}/v2/checkout/sessions`, { mode: 'setup' })).json();
    expect(session.url.startsWith(`${vault.vaultUrl}/setup/`)).toBe(true);
    const posted = await fetch(session.url, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        card_number: CARD.card.number,
        card_expiry: '12/34',
        card_cvc: '123',
        card_name: 'TARO YAMADA',
        email: 'taro@example.com',
      }),
    });
    expect(posted.status).toBe(303);
    const flow = await fetch(`${api.apiUrl}/v2/setup_flows/${session.setup_flow_id}`, {
      headers: { authorization: `Bearer ${secretKey}` },
    });
    expect(['succeeded', 'requires_action']).toContain((await flow.json()).status);
  });

  test('each process tells its own health and metrics', async () => {
    for (const { apiUrl } of [api, vault, worker]) {
      expect((await fetch(`${apiUrl}/readyz`)).status).toBe(200);
      expect((await fetch(`${apiUrl}/metrics`)).status).toBe(200);
    }
    expect((await fetch(`${worker.apiUrl}/v2/customers`)).status).toBe(404);
  });
});
