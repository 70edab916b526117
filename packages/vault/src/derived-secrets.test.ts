import type { Scope, Uuid } from '@onfile/core';
import { describe, expect, test } from 'vitest';
import { openDerivedSecrets } from './derived-secrets.js';
import { FileKeyProvider } from './keys/file-key-provider.js';
import type { KeyFileEntry } from './keys/key-file.js';
import { PURPOSES } from './keys/key-provider.js';
import { Secret } from './secret.js';

const SCOPE: Scope = { merchantId: '019b7e1a-0000-7000-8000-0000000000aa' as Uuid, mode: 'test' };
const ID = '019b7e1a-0000-7000-8000-0000000000cc' as Uuid;
const ID_MADE_AT = 0x019b7e1a0000;
const ROTATED_AT = ID_MADE_AT + 1_000;
const LATER_ID = `${ROTATED_AT.toString(16)
  .padStart(12, '0')
  .replace(/^(.{8})/, '$1-')}-7000-8000-0000000000cc` as Uuid;

const SECRET_PURPOSES = [
  'client-secret',
  'authentication-state',
  'processor-idempotency',
  'webhook-signature',
  'webhook-token',
] as const;

describe('a derived secret', () => {
  // Computed by hand from the keys below with another HMAC implementation: a change here breaks what was given out.
  const known = [
    ['client-secret', 'wyz1V64oaC9RH5hS4O3kRdfbjE9BiFnJFwzHjgFGCWJ'],
    ['authentication-state', 'QpzXaaR37qsCw5DGpfZp0tiTmHfTKpzfBQbdPiTz0iM'],
    ['processor-idempotency', 'DABdK0BCNbV1Bo9Tlvv457cpawhUZOmRWFv5p4GfhEd'],
    ['webhook-signature', 'ftya6L75WrZFvgmHx8jeenh2S1NFcrsLgCtzHDHI7RE'],
    ['webhook-token', 'SMi8KoVW98Svmwf2L8ugz5hPSmT5UgKTTAXnwgMMDHw'],
  ] as const;
  for (const [purpose, expected] of known) {
    test(`for ${purpose} never changes for a key, scope and id`, async () => {
      expect((await open()).derive(purpose, SCOPE, ID)).toBe(expected);
    });
  }

  test('is 43 characters of base62', async () => {
    const secrets = await open();
    for (let n = 10; n < 99; n += 1) {
      expect(secrets.derive('client-secret', SCOPE, `${ID.slice(0, -2)}${n}` as Uuid)).toMatch(/^[0-9A-Za-z]{43}$/);
    }
  });

  test('differs by purpose, merchant, mode and id', async () => {
    const secrets = await open();
    const all = [
      ...SECRET_PURPOSES.map((purpose) => secrets.derive(purpose, SCOPE, ID)),
      secrets.derive('client-secret', { ...SCOPE, mode: 'live' }, ID),
      secrets.derive('client-secret', { ...SCOPE, merchantId: ID }, ID),
      secrets.derive('client-secret', SCOPE, SCOPE.merchantId),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('matches itself and nothing else', async () => {
    const secrets = await open();
    const right = secrets.derive('client-secret', SCOPE, ID);
    expect(secrets.matches(right, 'client-secret', SCOPE, ID)).toBe(true);
    const wrong = [
      '',
      right.slice(1),
      `${right}a`,
      right.toLowerCase(),
      `${right.slice(0, -1)}!`,
      '日本',
      'a'.repeat(100_000),
    ];
    for (const candidate of wrong) expect(secrets.matches(candidate, 'client-secret', SCOPE, ID)).toBe(false);
    expect(secrets.matches(right, 'authentication-state', SCOPE, ID)).toBe(false);
    expect(secrets.matches(right, 'client-secret', { ...SCOPE, mode: 'live' }, ID)).toBe(false);
    expect(secrets.matches(right, 'client-secret', SCOPE, LATER_ID)).toBe(false);
  });

  for (const purpose of SECRET_PURPOSES) {
    test(`for ${purpose} stays what it was when the key is rotated after it was made`, async () => {
      const before = (await open()).derive(purpose, SCOPE, ID);
      const rotated = await open(rotatedKeys('decrypt_only'));
      expect(rotated.derive(purpose, SCOPE, ID)).toBe(before);
      expect(rotated.matches(before, purpose, SCOPE, ID)).toBe(true);
    });

    test(`for ${purpose} comes from the new key for what is made after the rotation`, async () => {
      const old = (await open()).derive(purpose, SCOPE, LATER_ID);
      const rotated = await open(rotatedKeys('decrypt_only'));
      expect(rotated.derive(purpose, SCOPE, LATER_ID)).not.toBe(old);
      expect(rotated.matches(old, purpose, SCOPE, LATER_ID)).toBe(false);
    });
  }

  test('of a destroyed key matches nothing and is not made again', async () => {
    const before = (await open()).derive('client-secret', SCOPE, ID);
    const secrets = await open(rotatedKeys('destroyed'));
    expect(secrets.matches(before, 'client-secret', SCOPE, ID)).toBe(false);
    expect(secrets.matches('', 'client-secret', SCOPE, ID)).toBe(false);
    expect(() => secrets.derive('client-secret', SCOPE, ID)).toThrow('destroyed');
  });

  test('for an id that tells no moment comes from the oldest key', async () => {
    const unversioned = '12345678-1234-4234-8234-123456789abc' as Uuid;
    const before = (await open()).derive('client-secret', SCOPE, unversioned);
    expect((await open(rotatedKeys('decrypt_only'))).derive('client-secret', SCOPE, unversioned)).toBe(before);
  });

  test('is refused for something that is no id', async () => {
    const secrets = await open();
    expect(() => secrets.derive('client-secret', SCOPE, 'setfw_1' as Uuid)).toThrow(TypeError);
  });
});

describe('a request digest', () => {
  test('never changes for a key and a request', async () => {
    const digest = (await open()).requestDigest(['POST', Buffer.from('/v2/setup_flows'), '{}']);
    expect(Buffer.from(digest).toString('hex')).toBe(
      '0d3f8c8c950561505190cbbfd0289cbb964aa422f3a50b3dc59818a71af6ae82',
    );
  });

  test('tells apart where one part ends and the next begins', async () => {
    const secrets = await open();
    const digests = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', '']].map((each) =>
      Buffer.from(secrets.requestDigest(each)).toString('hex'),
    );
    expect(new Set(digests).size).toBe(digests.length);
  });
});

test('nothing is derived once the keys are wiped', async () => {
  const secrets = await open();
  secrets.close();
  expect(() => secrets.derive('client-secret', SCOPE, ID)).toThrow('wiped');
  expect(() => secrets.matches('a', 'client-secret', SCOPE, ID)).toThrow('wiped');
  expect(() => secrets.requestDigest([])).toThrow('wiped');
});

function open(entries: readonly KeyFileEntry[] = keys(1, 'active', 0)) {
  return openDerivedSecrets(new FileKeyProvider(entries));
}

function rotatedKeys(oldState: KeyFileEntry['state']): readonly KeyFileEntry[] {
  return [...keys(1, oldState, 0), ...keys(2, 'active', ROTATED_AT)];
}

function keys(version: number, state: KeyFileEntry['state'], activeFrom: number): readonly KeyFileEntry[] {
  return (['root', ...PURPOSES] as const).map((owner, index) => {
    const key = new Secret('file-key', Buffer.alloc(32, index + version));
    return { owner, version, state, activeFrom, key };
  });
}
