import type { Uuid, WrappedMerchantKey } from '@onfile/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyRows, openTestKeys, TestClock, type TestKeys } from '../../testing/test-vault.js';
import type { MerchantKey } from '../envelope.js';
import { KeyProviderFault } from './key-provider.js';
import { MERCHANT_KEY_CACHE_MS, MerchantKeys } from './merchant-keys.js';

const ALICE = '019b7e1a-0000-7000-8000-00000000000a' as Uuid;
const BOB = '019b7e1a-0000-7000-8000-00000000000b' as Uuid;

let testKeys: TestKeys;
let rows: KeyRows;
let clock: TestClock;
beforeEach(async () => {
  testKeys = await openTestKeys();
  rows = new KeyRows();
  clock = new TestClock();
});
afterEach(() => testKeys.close());

const open = (cachedMax?: number) =>
  new MerchantKeys({ provider: testKeys.keys, store: rows, clock, ...(cachedMax ? { cachedMax } : {}) });
const nameOf = ({ id, version }: MerchantKey) => ({ id, version });
const shown = ({ key }: MerchantKey) => key.use((bytes) => Buffer.from(bytes).toString('hex'));
const kept = (key: MerchantKey | null) => key as MerchantKey;

async function addVersion(merchantId: Uuid, version: number, state: WrappedMerchantKey['state']): Promise<void> {
  const id = `019b7e1a-0000-7000-8000-0000000000${version + 10}` as Uuid;
  const context = { use: 'merchant-key', merchant: merchantId, key: id, version: String(version) };
  const { wrapped } = await testKeys.keys.generate(context);
  rows.rows.push({ merchantId, id, version, state, wrapped, createdAt: clock.now() });
}

describe("a merchant's key", () => {
  test('is created when it is first wanted, wrapped in the store and the same from then on', async () => {
    const first = await open().useActive(ALICE, shown);
    expect(rows.rows).toMatchObject([{ merchantId: ALICE, version: 1, state: 'active' }]);
    expect(Buffer.from(rows.rows[0]?.wrapped ?? []).toString('hex')).not.toContain(first);
    expect(await open().useActive(ALICE, shown)).toBe(first);
    expect(rows.rows).toHaveLength(1);
  });

  test('is one, though many want it at once in several processes', async () => {
    const processes = [open(), open(), open()];
    const wanted = processes.flatMap((keys) => [1, 2, 3].map(() => keys.useActive(ALICE, shown)));
    expect(new Set(await Promise.all(wanted)).size).toBe(1);
    expect(rows.rows).toHaveLength(1);
  });

  test('is found by whoever creates it, though somebody else began to look before it was there', async () => {
    const keys = open();
    const told = { hasRead: () => {}, isCreated: () => {} };
    const hasRead = new Promise<void>((resolve) => (told.hasRead = resolve));
    const isCreated = new Promise<void>((resolve) => (told.isCreated = resolve));
    let looks = 0;
    rows.loadMerchantKeys = async (merchantId) => {
      looks += 1;
      const read = await KeyRows.prototype.loadMerchantKeys.call(rows, merchantId);
      if (looks === 2) {
        told.hasRead();
        await isCreated;
      }
      return read;
    };
    let other: Promise<string> | null = null;
    rows.insertMerchantKey = async (key) => {
      other = keys.useActive(ALICE, shown);
      await hasRead;
      const inserted = await KeyRows.prototype.insertMerchantKey.call(rows, key);
      setImmediate(told.isCreated);
      return inserted;
    };
    expect(await keys.useActive(ALICE, shown)).toBe(await other);
    expect(rows.rows).toHaveLength(1);
  });

  test("is another merchant's never", async () => {
    const keys = open();
    expect(await keys.useActive(ALICE, shown)).not.toBe(await keys.useActive(BOB, shown));
    const bobs = await keys.useActive(BOB, nameOf);
    expect(await keys.use(ALICE, bobs, (key) => key)).toBeNull();
  });

  test('that was moved to another merchant in the store does not open', async () => {
    await open().useActive(ALICE, shown);
    rows.rows[0] = { ...(rows.rows[0] as WrappedMerchantKey), merchantId: BOB };
    await expect(open().useActive(BOB, shown)).rejects.toThrow(KeyProviderFault);
  });

  test('is loaded once for five minutes, and afresh and wiped after that', async () => {
    const keys = open();
    const key = await keys.useActive(ALICE, kept);
    const loads = rows.loads;
    clock.advance(MERCHANT_KEY_CACHE_MS - 1);
    await keys.useActive(ALICE, shown);
    expect(rows.loads).toBe(loads);
    expect(key.key.isWiped).toBe(false);

    clock.advance(1);
    await keys.useActive(ALICE, shown);
    expect(rows.loads).toBe(loads + 1);
    expect(key.key.isWiped).toBe(true);
  });

  test('is wiped by the sweep when nobody asks any more', async () => {
    const keys = open();
    const key = await keys.useActive(ALICE, kept);
    clock.advance(MERCHANT_KEY_CACHE_MS);
    keys.sweep();
    expect(key.key.isWiped).toBe(true);
  });

  test('is wiped when too many others are wanted', async () => {
    const keys = open(1);
    const alices = await keys.useActive(ALICE, kept);
    await keys.useActive(BOB, shown);
    expect(alices.key.isWiped).toBe(true);
  });

  test('works though more merchants want theirs at once than may be kept', async () => {
    const keys = open(1);
    const wanted = [ALICE, BOB, ALICE, BOB].map((merchant) => keys.useActive(merchant, shown));
    expect(new Set(await Promise.all(wanted)).size).toBe(2);
  });

  test('is wiped when the vault closes, and not loaded any more', async () => {
    const keys = open();
    const key = await keys.useActive(ALICE, kept);
    keys.close();
    expect(key.key.isWiped).toBe(true);
    await expect(keys.useActive(ALICE, shown)).rejects.toThrow('closed');
  });

  test('of a version that is not known yet is looked up, and then used', async () => {
    const keys = open();
    await keys.useActive(ALICE, shown);
    await addVersion(ALICE, 2, 'decrypt_only');
    const added = rows.rows[1] as WrappedMerchantKey;
    expect(await keys.use(ALICE, nameOf(added as unknown as MerchantKey), (key) => key?.version)).toBe(2);
  });

  test('that is active is the one to seal with; older ones still open', async () => {
    await addVersion(ALICE, 1, 'decrypt_only');
    await addVersion(ALICE, 2, 'active');
    const keys = open();
    expect(await keys.useActive(ALICE, ({ version }) => version)).toBe(2);
    const old = rows.rows[0] as unknown as MerchantKey;
    expect(await keys.use(ALICE, nameOf(old), (key) => key?.version)).toBe(1);
  });

  test('that was destroyed opens nothing', async () => {
    await addVersion(ALICE, 1, 'destroyed');
    await addVersion(ALICE, 2, 'active');
    const destroyed = rows.rows[0] as unknown as MerchantKey;
    expect(await open().use(ALICE, nameOf(destroyed), (key) => key)).toBeNull();
  });

  test('is not made anew for a merchant whose keys are all retired', async () => {
    await addVersion(ALICE, 1, 'decrypt_only');
    await expect(open().useActive(ALICE, shown)).rejects.toThrow('none of them is active');
    expect(rows.rows).toHaveLength(1);
  });
});
