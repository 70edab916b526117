import { inspect } from 'node:util';
import type { CodeOwner, Uuid } from '@onfile/core';
import { describe, expect, test } from 'vitest';
import { TestClock } from '../testing/test-vault.js';
import { CODE_LIFETIME_MS, HeldCodes } from './held-codes.js';
import { Secret } from './secret.js';

const id = (n: number) => `019b7e1a-0000-7000-8000-0000000000${n}` as Uuid;
const OWNER: CodeOwner = { scope: { merchantId: id(10), mode: 'test' }, paymentMethodId: id(11), attemptId: id(12) };
const aCode = (digits = '123') => new Secret('security-code', Buffer.from(digits));

function open(countMax = 10) {
  const clock = new TestClock();
  const codes = new HeldCodes({ clock, countMax });
  const taken = (owner: CodeOwner = OWNER) =>
    codes.take(owner)?.use((digits) => Buffer.from(digits).toString()) ?? null;
  return { clock, codes, taken };
}

describe('a held security code', () => {
  test('is handed to its owner once', () => {
    const { codes, taken } = open();
    codes.hold(aCode(), OWNER);
    expect(taken()).toBe('123');
    expect(taken()).toBeNull();
  });

  const others: readonly Partial<CodeOwner>[] = [
    { attemptId: id(99) },
    { paymentMethodId: id(99) },
    { scope: { merchantId: id(99), mode: 'test' } },
    { scope: { merchantId: id(10), mode: 'live' } },
  ];
  for (const other of others) {
    test(`is not handed to another owner: ${Object.keys(other)}`, () => {
      const { codes, taken } = open();
      codes.hold(aCode(), OWNER);
      expect(taken({ ...OWNER, ...other })).toBeNull();
      expect(taken()).toBe('123');
    });
  }

  test('is replaced by a later one of the same owner', () => {
    const { codes, taken } = open();
    codes.hold(aCode('123'), OWNER);
    codes.hold(aCode('456'), OWNER);
    expect(taken()).toBe('456');
  });

  test('is kept for ten minutes and not longer', () => {
    const { clock, codes, taken } = open();
    codes.hold(aCode(), OWNER);
    clock.advance(CODE_LIFETIME_MS);
    expect(taken()).toBeNull();
    expect(CODE_LIFETIME_MS).toBe(600_000);
  });

  test('is not taken when there is no room, until an older one has gone', () => {
    const { clock, codes, taken } = open(1);
    expect(codes.hold(aCode(), OWNER)).toBe(true);
    expect(codes.hasRoom()).toBe(false);
    expect(codes.hold(aCode(), { ...OWNER, attemptId: id(99) })).toBe(false);
    expect(taken()).toBe('123');

    codes.hold(aCode(), OWNER);
    clock.advance(CODE_LIFETIME_MS);
    expect(codes.hold(aCode(), { ...OWNER, attemptId: id(99) })).toBe(true);
  });

  test('leaves the given one to its holder', () => {
    const { codes } = open();
    const code = aCode();
    codes.hold(code, OWNER);
    expect(code.isWiped).toBe(false);
  });

  test('is gone when the vault closes', () => {
    const { codes, taken } = open();
    codes.hold(aCode(), OWNER);
    codes.close();
    expect(taken()).toBeNull();
    expect(() => codes.hold(aCode(), OWNER)).toThrow('wiped');
  });

  test('is not in clear in what holds it', () => {
    const { codes } = open();
    codes.hold(aCode('987654'), OWNER);
    expect(inspect(codes, { showHidden: true, depth: 9 })).not.toMatch(/987654|39 38 37/);
  });
});
