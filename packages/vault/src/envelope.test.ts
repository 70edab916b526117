import { readFileSync } from 'node:fs';
import type { Mode, Uuid } from '@onfile/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Binding,
  ENVELOPE_BYTES,
  MESSAGE_BYTES_MAX,
  type MerchantKey,
  openEnvelope,
  readKeyName,
  sealEnvelope,
  UnreadableEnvelope,
} from './envelope.js';
import { Secret } from './secret.js';

interface Vector {
  readonly what: string;
  readonly message: string;
  readonly merchantId: Uuid;
  readonly mode: Mode;
  readonly paymentMethodId: Uuid;
  readonly field: 'card_number';
  readonly keyId: Uuid;
  readonly keyVersion: number;
  readonly merchantKey: string;
  readonly dataKey: string;
  readonly wrapNonce: string;
  readonly nonce: string;
  readonly sealed: string;
}

const FILE = new URL('../vectors/envelope-1-1.json', import.meta.url);
const VECTORS: readonly Vector[] = JSON.parse(readFileSync(FILE, 'utf8')).vectors;

const [FIRST] = VECTORS as readonly [Vector];
const OTHER_ID = '019b7e1a-0000-7000-8000-0000000000ff' as Uuid;

const hex = (text: string) => Buffer.from(text, 'hex');

function bindingOf({ merchantId, mode, paymentMethodId, field }: Vector): Binding {
  return { scope: { merchantId, mode }, paymentMethodId, field };
}

function keyOf({ keyId, keyVersion, merchantKey }: Vector): MerchantKey {
  return { id: keyId, version: keyVersion, key: new Secret('merchant-key', hex(merchantKey)) };
}

function open(sealed: Uint8Array, vector: Vector = FIRST): string {
  return openEnvelope(sealed, bindingOf(vector), keyOf(vector)).toString();
}

describe('the published vectors', () => {
  for (const vector of VECTORS) {
    test(`${vector.what}: what is sealed today is the same, byte for byte`, () => {
      const drawn = [vector.dataKey, vector.wrapNonce, vector.nonce].map(hex);
      const random = () => drawn.shift() ?? Buffer.alloc(0);
      const sealed = sealEnvelope(Buffer.from(vector.message), bindingOf(vector), keyOf(vector), random);
      expect(sealed.toString('hex')).toBe(vector.sealed);
    });

    test(`${vector.what}: opens`, () => {
      expect(open(hex(vector.sealed), vector)).toBe(vector.message);
      expect(readKeyName(hex(vector.sealed))).toEqual({ id: vector.keyId, version: vector.keyVersion });
    });
  }
});

describe('an envelope', () => {
  test('opens to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: MESSAGE_BYTES_MAX }), (message) => {
        const sealed = sealEnvelope(message, bindingOf(FIRST), keyOf(FIRST));
        expect([...openEnvelope(sealed, bindingOf(FIRST), keyOf(FIRST))]).toEqual([...message]);
      }),
    );
  });

  test('has one length, whatever is in it', () => {
    for (const length of [0, 1, 16, MESSAGE_BYTES_MAX]) {
      expect(sealEnvelope(Buffer.alloc(length), bindingOf(FIRST), keyOf(FIRST))).toHaveLength(ENVELOPE_BYTES);
    }
    expect(ENVELOPE_BYTES).toBe(400);
  });

  test('does not take a message that is too long to hide its length', () => {
    const message = Buffer.alloc(MESSAGE_BYTES_MAX + 1);
    expect(() => sealEnvelope(message, bindingOf(FIRST), keyOf(FIRST))).toThrow(RangeError);
  });

  test('is another one each time, in its data key and both nonces', () => {
    const seal = () => sealEnvelope(Buffer.from(FIRST.message), bindingOf(FIRST), keyOf(FIRST));
    const [a, b] = [seal(), seal()];
    for (const [start, end] of [
      [24, 36],
      [36, 68],
      [84, 116],
      [116, 128],
      [128, 384],
    ] as const) {
      expect(a.subarray(start, end).equals(b.subarray(start, end))).toBe(false);
    }
  });

  test('does not open when any one bit of it is turned', () => {
    const sealed = hex(FIRST.sealed);
    for (let at = 0; at < sealed.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const turned = Buffer.from(sealed);
        turned[at] = (turned[at] ?? 0) ^ (1 << bit);
        expect(() => open(turned), `byte ${at}, bit ${bit}`).toThrow(UnreadableEnvelope);
      }
    }
  });

  test('does not open when it is cut, extended or something else', () => {
    const sealed = hex(FIRST.sealed);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(sealed.subarray(0, length))).toThrow(UnreadableEnvelope);
    }
    expect(() => open(Buffer.concat([sealed, Buffer.of(0)]))).toThrow(UnreadableEnvelope);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: ENVELOPE_BYTES, maxLength: ENVELOPE_BYTES }), (bytes) => {
        expect(() => open(bytes)).toThrow(UnreadableEnvelope);
      }),
    );
  });

  const moves: readonly (readonly [string, Partial<Vector>])[] = [
    ['row', { paymentMethodId: OTHER_ID }],
    ['merchant', { merchantId: OTHER_ID }],
    ['mode', { mode: 'live' }],
    ['field', { field: 'something_else' as 'card_number' }],
    ['key id', { keyId: OTHER_ID }],
    ['key version', { keyVersion: 2 }],
    ['key', { merchantKey: '00'.repeat(32) }],
  ];
  for (const [what, change] of moves) {
    test(`does not open under another ${what}`, () => {
      expect(() => open(hex(FIRST.sealed), { ...FIRST, ...change })).toThrow(UnreadableEnvelope);
    });
  }

  test('does not open under another key version, even when the name in it is made to fit', () => {
    const renamed = hex(FIRST.sealed);
    renamed.writeUInt32BE(2, 20);
    expect(() => open(renamed, { ...FIRST, keyVersion: 2 })).toThrow(UnreadableEnvelope);
  });

  test('does not open with the wrapped data key of another, nor with another ciphertext under its own', () => {
    const other = sealEnvelope(Buffer.from('1'), bindingOf(FIRST), keyOf(FIRST));
    const own = hex(FIRST.sealed);
    for (const [start, end] of [
      [24, 84],
      [84, 116],
      [116, 400],
      [24, 116],
    ] as const) {
      const mixed = Buffer.from(own);
      other.copy(mixed, start, start, end);
      expect(() => open(mixed), `bytes ${start} to ${end}`).toThrow(UnreadableEnvelope);
    }
  });

  test('does not open under a data key that it does not commit to, though all else fits', () => {
    const drawn = [FIRST.dataKey, FIRST.wrapNonce, FIRST.nonce].map(hex);
    const sealed = sealEnvelope(
      Buffer.from('1'),
      bindingOf(FIRST),
      keyOf(FIRST),
      () => drawn.shift() ?? Buffer.alloc(0),
    );
    sealed.fill(0, 84, 116);
    expect(() => open(sealed)).toThrow(UnreadableEnvelope);
  });

  test('gives one error, with no cause and nothing to learn from', () => {
    const failures = [hex(FIRST.sealed).fill(0, 390), Buffer.alloc(3), hex(FIRST.sealed).fill(9, 2, 3)].map((bytes) => {
      try {
        return open(bytes);
      } catch (cause) {
        return cause;
      }
    });
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(UnreadableEnvelope);
      expect(failure).not.toHaveProperty('cause');
      expect((failure as Error).message).toBe('A sealed value could not be opened.');
    }
  });

  test('wipes its data key', () => {
    const dataKey = hex(FIRST.dataKey);
    const drawn = [dataKey, hex(FIRST.wrapNonce), hex(FIRST.nonce)];
    sealEnvelope(Buffer.from('1'), bindingOf(FIRST), keyOf(FIRST), () => drawn.shift() ?? Buffer.alloc(0));
    expect(dataKey.every((byte) => byte === 0)).toBe(true);
  });
});
