import { tmpdir } from 'node:os';
import { createLog, openStorage, readConfig } from '@onfile/server';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { databaseUrl } from '../running-server.js';

let postgres: Awaited<ReturnType<typeof startServerForTests>>;
beforeAll(async () => {
  postgres = await startServerForTests();
});
afterAll(() => postgres?.stop());

test('commands speak to the database as servers do: with its isolation, and its form of commits', async () => {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  const environment = {
    DATABASE_URL: databaseUrl(postgres.connection),
    ONFILE_COMMIT_FORM: 'pipelined',
    ONFILE_TRANSACTION_ISOLATION: 'serializable',
  };
  const log = createLog({ level: 'error', format: 'json', writeLine: () => undefined });
  const opened = await openStorage(readConfig(environment, tmpdir()), log);
  await opened.storage.listMerchants(1);
  await opened.close();
  const texts = JSON.stringify(sent.mock.calls.map(([query]) => query));
  expect(texts).toContain('ISOLATION LEVEL SERIALIZABLE');
  expect(texts).toContain('plan_cache_mode = auto');
});
