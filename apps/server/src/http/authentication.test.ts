import { type ApiKey, StorageFault, type Uuid } from '@onfile/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeApiKey } from '../api-keys.js';
import { type Authentication, createAuthentication } from './authentication.js';
import { KEY_CACHE_MS } from './cached-lookup.js';

const MERCHANT = '0199c0de-0000-7000-8000-000000000001' as Uuid;
const KEY_ID = '0199c0de-0000-7000-8000-000000000002' as Uuid;
const made = makeApiKey({
  id: KEY_ID,
  scope: { merchantId: MERCHANT, mode: 'test' },
  kind: 'secret',
  name: null,
  createdAt: 0,
});
const other = makeApiKey({ ...made.apiKey, createdAt: 0 });

let stored: ApiKey | null;
let loads: number;
let now: number;
let breaks: boolean;
let authentication: Authentication;

beforeEach(() => {
  stored = made.apiKey;
  loads = 0;
  now = 1_000_000;
  breaks = false;
  authentication = createAuthentication({
    clock: { now: () => now },
    storage: {
      async loadApiKey() {
        loads += 1;
        if (breaks) throw new StorageFault('no connection', { code: 'connection' });
        return stored;
      },
    },
  });
});

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('authentication', () => {
  for (const [how, header] of [
    ['as a bearer token', `Bearer ${made.text}`],
    ['as a bearer token with the scheme in lower case', `bearer ${made.text}`],
    ['as the user name of basic authentication', basic(`${made.text}:`)],
    ['as a user name without the colon', basic(made.text)],
  ] as const) {
    test(`a good key is accepted ${how}`, async () => {
      expect(await authentication.authenticate(header)).toMatchObject({ id: KEY_ID, kind: 'secret' });
    });
  }

  for (const [what, header] of [
    ['no header', undefined],
    ['an empty header', ''],
    ['a scheme alone', 'Bearer '],
    ['another scheme', `Digest ${made.text}`],
    ['two tokens', `Bearer ${made.text} ${made.text}`],
    ['the key without a scheme', made.text],
    ['a mistyped key', `Bearer ${made.text.slice(0, -1)}${made.text.endsWith('0') ? '1' : '0'}`],
    ['a header beyond all length', `Bearer ${'a'.repeat(5_000)}`],
    ['the key as password', basic(`:${made.text}`)],
  ] as const) {
    test(`${what} is refused without asking the database`, async () => {
      expect(await authentication.authenticate(header)).toBeNull();
      expect(loads).toBe(0);
    });
  }

  test('a well-formed key with the same id and another secret is refused', async () => {
    expect(await authentication.authenticate(`Bearer ${other.text}`)).toBeNull();
  });

  test('a key that is not stored, or revoked, is refused', async () => {
    stored = null;
    expect(await authentication.authenticate(`Bearer ${made.text}`)).toBeNull();
    now += KEY_CACHE_MS;
    stored = { ...made.apiKey, revokedAt: 5 };
    expect(await authentication.authenticate(`Bearer ${made.text}`)).toBeNull();
  });

  test('a busy key is loaded once in five seconds, an unknown one too', async () => {
    for (const key of [made.apiKey, null]) {
      stored = key;
      loads = 0;
      now += KEY_CACHE_MS;
      await Promise.all([1, 2, 3].map(() => authentication.authenticate(`Bearer ${made.text}`)));
      now += KEY_CACHE_MS - 1;
      await authentication.authenticate(`Bearer ${made.text}`);
      expect(loads).toBe(1);
    }
  });

  test('a revoked key stops working when the five seconds are over', async () => {
    await authentication.authenticate(`Bearer ${made.text}`);
    stored = { ...made.apiKey, revokedAt: now };
    now += KEY_CACHE_MS;
    expect(await authentication.authenticate(`Bearer ${made.text}`)).toBeNull();
  });

  test('a database that does not answer is a fault, not a bad key, and the next request asks again', async () => {
    breaks = true;
    await expect(authentication.authenticate(`Bearer ${made.text}`)).rejects.toThrow(StorageFault);
    breaks = false;
    expect(await authentication.authenticate(`Bearer ${made.text}`)).not.toBeNull();
  });
});
