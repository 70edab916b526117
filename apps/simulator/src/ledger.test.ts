import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aVerification, TestClient } from '../testing/client.js';
import { Ledger } from './ledger.js';
import type { LedgerRecord } from './verification.js';

describe('a ledger file', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'onfile-ledger-'));
    file = join(directory, 'ledger.jsonl');
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function opened(): Promise<{ ledger: Ledger; read: LedgerRecord[] }> {
    const read: LedgerRecord[] = [];
    return { ledger: await Ledger.open(file, (record) => read.push(record)), read };
  }

  test('what was settled is there after the next start, in order', async () => {
    const { ledger } = await opened();
    for (let index = 0; index < 5; index += 1) ledger.append(aRecord(index));
    await ledger.settled();
    const text = await readFile(file, 'utf8');
    await ledger.close();
    expect(text.split('\n')).toHaveLength(6);

    const again = await opened();
    await again.ledger.close();
    expect(again.read).toEqual([0, 1, 2, 3, 4].map(aRecord));
  });

  for (const torn of ['{"type":"verification.vo', '{', 'x'.repeat(200_000)]) {
    test(`a record of ${torn.length} bytes that a crash cut off is taken away, and writing goes on after it`, async () => {
      await writeFile(file, `${JSON.stringify(aRecord(1))}\n${torn}`);
      const { ledger, read } = await opened();
      expect(read).toEqual([aRecord(1)]);
      ledger.append(aRecord(2));
      await ledger.close();
      expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(aRecord(1))}\n${JSON.stringify(aRecord(2))}\n`);
    });
  }

  test('a file that holds nothing but a torn record is an empty ledger', async () => {
    await writeFile(file, '{"type":');
    const { ledger, read } = await opened();
    await ledger.close();
    expect([read, await readFile(file, 'utf8')]).toEqual([[], '']);
  });

  test('a line in the middle that is not a record refuses the start, naming the line', async () => {
    await writeFile(file, `${JSON.stringify(aRecord(1))}\nnonsense\n${JSON.stringify(aRecord(2))}\n`);
    await expect(opened()).rejects.toThrow(/Line 2 of .* is not a ledger record/);
  });

  test('only its owner can read it', async () => {
    const { ledger } = await opened();
    await ledger.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('a selection gives the newest that pass, and how many passed', async () => {
    await appendFile(file, [1, 2, 3, 4].map((index) => `${JSON.stringify(aRecord(index))}\n`).join(''));
    const { ledger } = await opened();
    const selection = await ledger.select((record) => record.reference !== 'r4', 2);
    await ledger.close();
    expect(selection).toEqual({ total: 3, records: [aRecord(2), aRecord(3)] });
  });
});

describe('the simulator’s ledger', () => {
  let client: TestClient;
  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(() => client.stop());

  test('holds four digits of a card and nothing else of it, nor of the cardholder', async () => {
    await client.verify(aVerification({ number: '4012888888881881', cvc: '739' }), 'a-secret-key');
    await client.verify(aVerification({ number: '4000000000000069', cvc: '739' }));
    const text = await client.ledgerText();
    expect(text).toContain('"last4":"1881"');
    for (const never of ['4012888', '888888', '4000000', '"739"', 'HANAKO', 'hanako', 'a-secret-key']) {
      expect(text).not.toContain(never);
    }
  });

  test('is shown without the way back, which can hold a secret', async () => {
    await client.verify(aVerification({ authentication: 'required' }));
    expect(JSON.stringify(await client.ledger())).not.toContain('shop.example');
  });

  test('makes look-ups, replays, challenges and voids survive a restart', async () => {
    const [approved, challenged, passed] = [1, 2, 3].map((index) =>
      aVerification({ authentication: index === 1 ? 'none' : 'required' }),
    ) as [Body, Body, Body];
    const first = await client.verify(approved, 'key-of-approved');
    await client.verify(challenged);
    const challenge = await client.verify(passed, 'key-of-passed');
    await decide(challenge.body.authentication.url, 'pass');
    await client.void('never-used');
    await client.restart();

    expect((await client.lookUp(approved.reference)).body).toEqual(first.body);
    expect((await client.lookUp(challenged.reference)).body.status).toBe('authentication_required');
    expect((await client.lookUp(passed.reference)).body).toMatchObject({ status: 'approved', authenticated: true });
    expect((await client.lookUp('never-used')).body.status).toBe('voided');
    expect(await client.verify(approved, 'key-of-approved')).toEqual(first);
    expect((await client.verify(passed, 'key-of-passed')).body.status).toBe('authentication_required');
    expect(await client.ledger({ type: 'verification.requested' })).toMatchObject({ total: 3 });
  });
});

type Body = ReturnType<typeof aVerification>;

async function decide(url: string, outcome: string): Promise<void> {
  await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
}

function aRecord(index: number): LedgerRecord {
  return {
    type: 'verification.voided',
    at: '2030-01-01T00:00:00.000Z',
    id: `ver_${index}`,
    reference: `r${index}`,
    status: 'voided',
  };
}
