import type { Uuid } from '@onfile/core';
import { describe, expect, test } from 'vitest';
import { API_KEY_LENGTH, describeApiKey, digestApiKey, makeApiKey, parseApiKey } from './api-keys.js';

const MERCHANT = '0199c0de-0000-7000-8000-0000000000ff' as Uuid;
const ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff' as Uuid;

function aKey(kind: 'secret' | 'public' = 'secret', mode: 'test' | 'live' = 'test') {
  return makeApiKey({ id: ID, scope: { merchantId: MERCHANT, mode }, kind, name: null, createdAt: 0 });
}

describe('API keys', () => {
  for (const [kind, mode, prefix] of [
    ['secret', 'test', 'sk_test_'],
    ['secret', 'live', 'sk_live_'],
    ['public', 'test', 'pk_test_'],
    ['public', 'live', 'pk_live_'],
  ] as const) {
    test(`a ${kind} key of ${mode} mode begins with ${prefix} and says whose it is`, () => {
      const { text, apiKey } = aKey(kind, mode);
      expect(text.startsWith(prefix)).toBe(true);
      expect(text).toHaveLength(API_KEY_LENGTH);
      expect(parseApiKey(text)).toEqual({ kind, scope: { merchantId: MERCHANT, mode }, id: ID });
      expect(apiKey.digest).toEqual(digestApiKey(text));
    });
  }

  test('a key with any one character replaced is no key', () => {
    const { text } = aKey();
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === '7' ? '8' : '7';
      expect(parseApiKey(text.slice(0, at) + other + text.slice(at + 1))).toBeNull();
    }
  });

  for (const text of ['', 'sk_test_', 'sk_test_0123456789abcdef01234567', `${aKey().text} `, `${aKey().text}a`]) {
    test(`${JSON.stringify(text.slice(0, 32))} with ${text.length} characters is no key`, () => {
      expect(parseApiKey(text)).toBeNull();
    });
  }

  test('two keys made of the same facts have different secrets', () => {
    expect(aKey().text).not.toBe(aKey().text);
  });

  test('the description of a key shows nothing of its secret', () => {
    const { text, apiKey } = aKey();
    const secret = text.slice(8 + 52);
    expect(describeApiKey(apiKey)).toBe('sk_test_…vvvvvv');
    expect(secret).not.toContain('vvvvvv');
  });
});
