import type { Mode, Scope, Uuid } from '@onfile/core';
import { expect, test } from 'vitest';
import { TestClock } from '../testing/test-vault.js';
import { CardNumber } from './card-number.js';
import { Fingerprints } from './fingerprint.js';
import { FileKeyProvider } from './keys/file-key-provider.js';
import { PURPOSES } from './keys/key-provider.js';
import { MERCHANT_KEY_CACHE_MS } from './keys/merchant-keys.js';
import { Secret } from './secret.js';

test('a fingerprint never changes for a key, merchant, mode and number', async () => {
  // Computed with another HMAC implementation: a change here makes every saved card look new.
  expect(await open().of(card('4242424242424242'), scope('test'))).toBe('fp_wj4o5hd6uhzduo3tsjee3dt4de');
});

test('a fingerprint differs by number, merchant and mode', async () => {
  const fingerprints = open();
  const all = [
    await fingerprints.of(card('4242424242424242'), scope('test')),
    await fingerprints.of(card('4012888888881881'), scope('test')),
    await fingerprints.of(card('4242424242424242'), scope('live')),
    await fingerprints.of(card('4242424242424242'), scope('test', 'bb')),
  ];
  expect(new Set(all).size).toBe(all.length);
  for (const each of all) expect(each).toMatch(/^fp_[a-z2-7]{26}$/);
});

test('a fingerprint key is derived once for five minutes', async () => {
  const clock = new TestClock();
  const provider = keys();
  let derivations = 0;
  const counting = Object.assign(Object.create(provider), {
    status: () => provider.status(),
    mac(...parts: Parameters<FileKeyProvider['mac']>) {
      derivations += 1;
      return provider.mac(...parts);
    },
  });
  const fingerprints = new Fingerprints({ provider: counting, clock });
  const first = await fingerprints.of(card('4242424242424242'), scope('test'));
  clock.advance(MERCHANT_KEY_CACHE_MS - 1);
  expect(await fingerprints.of(card('4242424242424242'), scope('test'))).toBe(first);
  expect(derivations).toBe(1);
  clock.advance(1);
  expect(await fingerprints.of(card('4242424242424242'), scope('test'))).toBe(first);
  expect(derivations).toBe(2);
});

function open(): Fingerprints {
  return new Fingerprints({ provider: keys(), clock: new TestClock() });
}

function keys(): FileKeyProvider {
  return new FileKeyProvider(
    (['root', ...PURPOSES] as const).map((owner, index) => {
      const key = new Secret('file-key', Buffer.alloc(32, index + 1));
      return { owner, version: 1, state: 'active', activeFrom: 0, key };
    }),
  );
}

function card(digits: string): CardNumber {
  return CardNumber.parse(Buffer.from(digits)) as CardNumber;
}

function scope(mode: Mode, merchant = 'aa'): Scope {
  return { merchantId: `019b7e1a-0000-7000-8000-0000000000${merchant}` as Uuid, mode };
}
