import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIds, createLog, openStorage, openWebhooks, readConfig, systemClock } from '@onfile/server';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { databaseUrl } from '../running-server.js';

let postgres: Awaited<ReturnType<typeof startServerForTests>>;
let directory: string;
beforeAll(async () => {
  postgres = await startServerForTests();
  directory = await mkdtemp(join(tmpdir(), 'onfile-opening-'));
});
afterAll(async () => {
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

const quiet = createLog({ level: 'error', format: 'json', writeLine: () => undefined });
const configWith = (environment: Readonly<Record<string, string>>) =>
  readConfig({ DATABASE_URL: databaseUrl(postgres.connection), ONFILE_DATA_DIR: directory, ...environment }, directory);

test('commands speak to the database as servers do: with its isolation, and its form of commits', async () => {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  const config = configWith({ ONFILE_COMMIT_FORM: 'pipelined', ONFILE_TRANSACTION_ISOLATION: 'serializable' });
  const opened = await openStorage(config, quiet);
  await opened.storage.listMerchants(1);
  await opened.close();
  const texts = JSON.stringify(sent.mock.calls.map(([query]) => query));
  expect(texts).toContain('ISOLATION LEVEL SERIALIZABLE');
  expect(texts).toContain('plan_cache_mode = auto');
});

test('a database whose cards were sealed with other keys is not opened, and no keys are made for it', async () => {
  const config = configWith({ ONFILE_KEY_FILE: join(directory, 'vault.keys') });
  await (await openWebhooks(config, quiet)).close();

  const { storage, close } = await openStorage(config, quiet);
  const { next } = createIds(systemClock);
  const sealed = { version: 1, state: 'active', wrapped: new Uint8Array(77), createdAt: Date.now() } as const;
  await storage.insertMerchantKey({ merchantId: next(), id: next(), ...sealed });
  await close();

  await expect(openWebhooks(config, quiet)).rejects.toThrow(`The keys in ${config.keyFile} are others.`);
  const misspelt = configWith({ ONFILE_KEY_FILE: join(directory, 'vualt.keys') });
  await expect(openWebhooks(misspelt, quiet)).rejects.toThrow(`There is no key file ${misspelt.keyFile}.`);
  expect(existsSync(misspelt.keyFile)).toBe(false);
});
