import { Console } from 'node:console';
import { createHmac } from 'node:crypto';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { CardNumber } from './card-number.js';
import { Secret, WipedSecretError } from './secret.js';

const DIGITS = '4242424242424242';
const aSecret = () => new Secret('card-number', Buffer.from(DIGITS));
const aCardNumber = () => CardNumber.parse(Buffer.from(DIGITS)) as CardNumber;

/** Every way that a value gets into a log, a message or another process by itself. */
const waysOut: readonly (readonly [string, (value: Secret) => unknown])[] = [
  ['String()', (value) => String(value)],
  ['a template', (value) => `${value}`],
  ['concatenation', (value) => ''.concat(value as unknown as string)],
  ['toString()', (value) => value.toString()],
  ['valueOf()', (value) => value.valueOf()],
  ['toLocaleString()', (value) => value.toLocaleString()],
  ['JSON', (value) => JSON.stringify({ value })],
  ['JSON of an array', (value) => JSON.stringify([value])],
  ['inspect', (value) => inspect(value)],
  ['inspect with everything', (value) => inspect({ value }, { showHidden: true, depth: 9, getters: true })],
  ['inspect without custom inspection', (value) => inspect(value, { customInspect: false, showHidden: true })],
  ['spread', (value) => JSON.stringify({ ...value })],
  ['Object.assign', (value) => JSON.stringify(Object.assign({}, value))],
  ['own properties', (value) => JSON.stringify(Object.getOwnPropertyDescriptors(value))],
  ['entries', (value) => JSON.stringify(Object.entries(value))],
  ['structuredClone', (value) => inspect(structuredClone(value), { showHidden: true })],
  ['v8 serialization', (value) => inspect(deserialize(serialize(value)), { showHidden: true })],
  ['v8 serialization, in bytes', (value) => serialize(value).toString('latin1')],
  ['an error message', (value) => new Error(`failed for ${value}`).message],
  ['Number()', (value) => Number(value)],
  ['array join', (value) => [value].join()],
  ['a key', (value) => Object.keys({ [value as unknown as string]: 1 }).join()],
];

describe('a secret', () => {
  for (const [way, show] of waysOut) {
    test(`shows at most its kind through ${way}`, () => {
      const shown = String(show(aSecret()));
      expect(shown).not.toMatch(/4242|52,50|34323432/);
    });

    test(`that is a card number shows at most its last four digits through ${way}`, () => {
      const shown = String(show(aCardNumber())).replace('card ending in 4242', '');
      expect(shown).not.toMatch(/42|52,50|3432/);
    });
  }

  test('prints as its kind, a card number as its last four digits', () => {
    expect(`${aSecret()}`).toBe('[secret:card-number]');
    expect(JSON.stringify({ value: aSecret() })).toBe('{"value":"[secret:card-number]"}');
    expect(inspect({ value: aSecret() })).toBe('{ value: [secret:card-number] }');
    expect(`${aCardNumber()}`).toBe('card ending in 4242');
    expect(JSON.stringify(aCardNumber())).toBe('"card ending in 4242"');
    expect(inspect(aCardNumber())).toBe('card ending in 4242');
  });

  test('shows at most its kind on the console', () => {
    const written: string[] = [];
    const stdout = new Writable({
      write: (text, _, next) => {
        written.push(String(text));
        next();
      },
    });
    new Console({ stdout }).log('%s %o %O %j', ...Array(4).fill(aSecret()), { nested: [aSecret()] });
    new Console({ stdout }).table([aSecret()]);
    new Console({ stdout }).dir(aSecret(), { showHidden: true });
    expect(written.join('')).toContain('[secret:card-number]');
    expect(written.join('')).not.toContain('4242');
  });

  test('lends its bytes to a call', () => {
    expect(aSecret().use((bytes) => Buffer.from(bytes).toString())).toBe(DIGITS);
  });

  test('lends its bytes as a key, which cannot be had once it is wiped', () => {
    const secret = aSecret();
    const mac = () => secret.useAsKey((key) => createHmac('sha256', key).update('message').digest('hex'));
    expect(mac()).toBe(createHmac('sha256', DIGITS).update('message').digest('hex'));
    secret.wipe();
    expect(mac).toThrow(WipedSecretError);
  });

  test('does not let its own bytes, or a view of them, out of the call', () => {
    expect(() => aSecret().use((bytes) => bytes)).toThrow(TypeError);
    expect(() => aSecret().use((bytes) => bytes.subarray(0, 4))).toThrow(TypeError);
    expect(() => aSecret().use((bytes) => new DataView(bytes.buffer))).toThrow(TypeError);
  });

  test('wipes the bytes that it was made of, and shares memory with nothing', () => {
    const given = Buffer.from(DIGITS);
    const secret = new Secret('card-number', given);
    expect(given.every((byte) => byte === 0)).toBe(true);
    expect(secret.use((bytes) => bytes.buffer.byteLength)).toBe(DIGITS.length);
  });

  test('is zeros once it is wiped, for whoever kept the bytes', () => {
    const secret = aSecret();
    const kept: Uint8Array[] = [];
    secret.use((bytes) => {
      kept.push(bytes);
    });
    secret.wipe();
    expect(kept[0]?.every((byte) => byte === 0)).toBe(true);
    expect(secret.isWiped).toBe(true);
  });

  test('cannot be used once it is wiped, and says so without its bytes', () => {
    const secret = aSecret();
    secret.wipe();
    secret.wipe();
    expect(() => secret.use(() => 1)).toThrow(WipedSecretError);
    expect(`${secret}`).toBe('[secret:card-number]');
  });
});

describe('a card number', () => {
  test('knows its brand, first six and last four digits', () => {
    const { brand, bin, last4 } = aCardNumber();
    expect({ brand, bin, last4 }).toEqual({ brand: 'visa', bin: '424242', last4: '4242' });
  });

  for (const digits of ['', '4', '4242424242424241', '424242424242424x', '42424242424242424242', '４２４２']) {
    test(`is not made of "${digits}", which is wiped all the same`, () => {
      const given = Buffer.from(digits);
      expect(CardNumber.parse(given)).toBeNull();
      expect(given.every((byte) => byte === 0)).toBe(true);
    });
  }
});
