import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsCardNumber } from './card-number-runs.js';
import { type JsonProblemCode, scanJson } from './scan-json.js';

const scan = (text: string | Uint8Array) => scanJson(Buffer.from(text as string));
const codeOf = (text: string | Uint8Array) => scan(text)?.code ?? null;

const VISA = '4242424242424242';

describe('a strict body', () => {
  const accepted = [
    '{}',
    '[]',
    ' {"a" : [1, -0, 0.5, 1e2, 1E+2, 1e-400, true, false, null, ""] }\r\n\t',
    '"text"',
    '12',
    'null',
    '{"a":{"b":1},"c":{"b":1}}',
    '{"":0}',
    '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\\uDCB3"}',
    '{"名前":"山田 💳"}',
    '{"constructor_name":1,"proto":2,"__proto":3}',
    `${'['.repeat(16)}${']'.repeat(16)}`,
    '1e307',
  ];
  for (const text of accepted) {
    test(`is accepted: ${text.slice(0, 60)}`, () => {
      expect(scan(text)).toBeNull();
      expect(() => JSON.parse(text)).not.toThrow();
    });
  }

  test('of a thousand keys is accepted, of one more refused', () => {
    const keys = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":{}`).join(',')}}`;
    expect(scan(keys(1_000))).toBeNull();
    expect(scan(keys(1_001))).toMatchObject({ code: 'too_many_keys' });
  });
});

describe('a body that is not strict', () => {
  const refused: readonly (readonly [string | Uint8Array, JsonProblemCode, number, string])[] = [
    // body, code, offset, path
    ['', 'invalid_json', 0, ''],
    ['  ', 'invalid_json', 2, ''],
    ['{', 'invalid_json', 1, ''],
    ['{"a"}', 'invalid_json', 4, 'a'],
    ['{"a":}', 'invalid_json', 5, 'a'],
    ['{"a":1,}', 'invalid_json', 7, ''],
    ['{a:1}', 'invalid_json', 1, ''],
    ["{'a':1}", 'invalid_json', 1, ''],
    ['[1,]', 'invalid_json', 3, '1'],
    ['[1 2]', 'invalid_json', 3, ''],
    ['{"a":1]', 'invalid_json', 6, ''],
    ['tru', 'invalid_json', 3, ''],
    ['NaN', 'invalid_json', 0, ''],
    ['-Infinity', 'invalid_json', 1, ''],
    ['01', 'invalid_json', 0, ''],
    ['-', 'invalid_json', 1, ''],
    ['1.', 'invalid_json', 2, ''],
    ['.5', 'invalid_json', 0, ''],
    ['1e', 'invalid_json', 2, ''],
    ['+1', 'invalid_json', 0, ''],
    ['0x10', 'invalid_json', 1, ''],
    ['{} {}', 'invalid_json', 3, ''],
    ['{}x', 'invalid_json', 2, ''],
    ['// a\n{}', 'invalid_json', 0, ''],
    ['"a', 'invalid_json', 2, ''],
    ['"a\nb"', 'invalid_json', 2, ''],
    ['"\\x41"', 'invalid_json', 1, ''],
    ['"\\u00g0"', 'invalid_json', 5, ''],
    ['"\\', 'invalid_json', 1, ''],
    ['\u00a0{}', 'invalid_json', 0, ''],
    ['\ufeff{}', 'byte_order_mark', 0, ''],
    [Buffer.of(0x22, 0xff, 0x22), 'invalid_utf8', 0, ''],
    [Buffer.of(0x22, 0xc0, 0x80, 0x22), 'invalid_utf8', 0, ''],
    [Buffer.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'invalid_utf8', 0, ''],
    [Buffer.from('{}', 'utf16le'), 'invalid_json', 1, ''],
    [`${'['.repeat(17)}${']'.repeat(17)}`, 'too_deep', 16, Array(16).fill('0').join('.')],
    [`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, 'too_deep', 80, Array(16).fill('a').join('.')],
    ['{"a":1,"a":2}', 'duplicate_key', 7, 'a'],
    ['{"a":1,"\\u0061":2}', 'duplicate_key', 7, 'a'],
    ['{"b":{"a":1,"c":0,"a":2}}', 'duplicate_key', 18, 'b.a'],
    ['{"é":1,"\\u00e9":2}', 'duplicate_key', 8, 'é'],
    ['{"":1,"":2}', 'duplicate_key', 6, ''],
    ['{"__proto__":1}', 'forbidden_key', 1, '__proto__'],
    ['{"a":{"\\u005f_proto__":1}}', 'forbidden_key', 6, 'a.__proto__'],
    ['{"constructor":{"prototype":1}}', 'forbidden_key', 1, 'constructor'],
    ['[{"prototype":1}]', 'forbidden_key', 2, '0.prototype'],
    ['{"a":{"\\\\":1}}', 'forbidden_key', 6, 'a.\\'],
    ['{"a\\u005cb":1}', 'forbidden_key', 1, 'a\\b'],
    ['{"a":1e400}', 'number_out_of_range', 5, 'a'],
    ['{"a":-1e400}', 'number_out_of_range', 5, 'a'],
    ['1e308', 'number_out_of_range', 0, ''],
    [`1${'0'.repeat(308)}`, 'number_out_of_range', 0, ''],
    ['0.0001e312', 'number_out_of_range', 0, ''],
    [`1e${'9'.repeat(5_000)}`, 'number_out_of_range', 0, ''],
    ['"\\ud83d"', 'lone_surrogate', 1, ''],
    ['"\\udcb3"', 'lone_surrogate', 1, ''],
    ['"\\ud83dx"', 'lone_surrogate', 1, ''],
    ['"\\ud83d\\n"', 'lone_surrogate', 1, ''],
    ['"\\ud83d\\ud83d"', 'lone_surrogate', 1, ''],
    ['{"a\\ud83d":1}', 'lone_surrogate', 3, ''],
    ['"a\\u0000"', 'nul_character', 2, ''],
    ['"a\0"', 'nul_character', 2, ''],
    ['{"a\\u0000":1}', 'nul_character', 3, ''],
  ];
  for (const [text, code, offset, path] of refused) {
    test(`is refused as ${code}: ${JSON.stringify(Buffer.from(text as string).toString()).slice(0, 60)}`, () => {
      expect(scan(text)).toEqual({ code, offset, path });
    });
  }

  test('is one that JSON.parse refuses too, unless it breaks a rule of ours', () => {
    for (const [text, code] of refused) {
      if (code !== 'invalid_json') continue;
      expect(() => JSON.parse(Buffer.from(text as string).toString())).toThrow(SyntaxError);
    }
  });

  test('names a key in its path, but none that could hold a card number, and none at full length', () => {
    expect(scan(`{"${'k'.repeat(100)}":x}`)?.path).toBe(`${'k'.repeat(40)}…`);
    expect(scan('{"note 4242 4242 4242":x}')?.path).toBe('*');
    expect(scan('{"a":{"12345678901":x}}')?.path).toBe('a.12345678901');
  });

  test('is refused in linear time, however hostile it is', () => {
    const hostile = [
      '['.repeat(1_000_000),
      `{"a":${'"\\u0034'.repeat(100_000)}`,
      '4242-'.repeat(200_000),
      `"${'4242-'.repeat(200_000)}"`,
      `"${'4'.repeat(1_000_000)}"`,
      `{${Array.from({ length: 1_001 }, (_, n) => `"${'k'.repeat(1_000)}${n}":1`).join(',')}}`,
    ];
    for (const text of hostile) expect(() => scan(text)).not.toThrow();
  });
});

describe('against JSON.parse', () => {
  test('whatever is accepted parses, and to something whose text is again accepted', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        if (scan(text) === null) expect(scan(JSON.stringify(JSON.parse(text)))).toBeNull();
      }),
    );
  });

  test('no text that JSON.parse refuses is accepted, and none that it accepts is invalid', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"\\u0041"',
      '1',
      '-1.5e3',
      'true',
      'null',
      ' ',
      '"',
      '\\',
      '0',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const code = codeOf(text);
        if (code === null) expect(parses(text)).toBe(true);
        if (code === 'invalid_json') expect(parses(text)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a number is accepted only if it is finite', () => {
    const exponent = fc.integer({ min: -700, max: 700 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 320n }), fc.nat({ max: 320 }), exponent, (whole, point, power) => {
        const digits = whole.toString().padStart(point + 1, '0');
        const text = point === 0 ? `${digits}e${power}` : `${digits.slice(0, -point)}.${digits.slice(-point)}e${power}`;
        if (codeOf(text) === null) expect(Number.isFinite(Number(text))).toBe(true);
        if (!Number.isFinite(Number(text))) expect(codeOf(text)).toBe('number_out_of_range');
      }),
    );
  });
});

describe('a card number where none belongs', () => {
  const found: readonly (readonly [string, string])[] = [
    // body, path
    [`{"metadata":{"note":"${VISA}"}}`, 'metadata.note'],
    [`{"description":"card 4242 4242 4242 4242 please"}`, 'description'],
    [`{"name":"4242-4242-4242-4242"}`, 'name'],
    [`{"items":[{"x":"ok"},{"x":"3782 822463 10005"}]}`, 'items.1.x'],
    [`{"n":${VISA}}`, 'n'],
    [`{"n":-${VISA}}`, 'n'],
    [`{"n":${VISA}.0}`, 'n'],
    [`{"n":${VISA}.75}`, 'n'],
    ['{"n":4.242424242424242e15}', 'n'],
    ['{"n":0.04242424242424242e17}', 'n'],
    [`{"n":${VISA}000e-3}`, 'n'],
    [`"${VISA}"`, ''],
    [`{"${VISA}":1}`, ''],
    [`{"a":{"x ${VISA}":1}}`, 'a'],
    ['{"a":"\\u0034242424242424242"}', 'a'],
    ['{"a":"４２４２ ４２４２ ４２４２ ４２４２"}', 'a'],
    ['{"a":"4242–4242—4242‐4242"}', 'a'],
    ['{"a":"4242  4242 - 4242 – 4242"}', 'a'],
    ['{"a":"1 x 4242424242424242"}', 'a'],
    ['{"a":"1 4242424242424242 2"}', 'a'],
    ['{"a":"tel 03-1234-5678, 4242424242424242"}', 'a'],
    ['{"a":"visa4242424242424242"}', 'a'],
    ['{"a":"{\\"number\\":\\"4242424242424242\\"}"}', 'a'],
    ['{"a":"4222222222222"}', 'a'],
    ['{"a":"6205500000000000004"}', 'a'],
    ['{"a":"2223003122003222"}', 'a'],
  ];
  for (const [text, path] of found) {
    test(`is found, and the bytes are wiped: ${text}`, () => {
      const bytes = Buffer.from(text);
      expect(scanJson(bytes)).toMatchObject({ code: 'card_number_found', path });
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    });
  }

  // Nearly every digit ends what could be a card number in an identifier. It would take minutes if all around it were looked at each time.
  test('is looked for in a long text of what could be ones', () => {
    const digits = '3-4-3-4-3-4-3-4-5-3-3-4-4-4-';
    expect(scanJson(Buffer.from(`{"a":"${digits.repeat(2_000)}a"}`))).toMatchObject({ code: 'card_number_found' });
    expect(holdsCardNumber(Buffer.from(`${digits.repeat(4)}a`.repeat(500)))).toBe(false);
  });

  const harmless: readonly (readonly [string, string])[] = [
    ['a wrong check digit', '{"a":"4242424242424241"}'],
    ['a moment in milliseconds', '{"a":"1732147200003","b":1732147200003}'],
    ['a moment with a date in front', '{"a":"20241115123007","b":20241115123007}'],
    ['an order number', '{"a":"20241115-00012345"}'],
    ['twelve digits', '{"a":"424242424242"}'],
    ['twenty digits', '{"a":"42424242424242424242"}'],
    ['a piece of a longer number', '{"a":"14242424242424242429"}'],
    ['four separators in a row', '{"a":"4242    4242    4242    4242"}'],
    ['a UUID', '{"a":"019b7e1a-4242-4242-4242-424242424242"}'],
    ['a UUID in a URL', '{"a":"https://shop.test/o/019b7e1a-4242-4242-4242-424242424242?x=1"}'],
    ['a digest in hexadecimal', `{"a":"${'ab'.repeat(8)}${VISA}${'cd'.repeat(8)}"}`],
    ['a phone number', '{"a":"+81 90-1234-5678","b":"09012345678"}'],
    ['a small number with many decimals', '{"a":0.4242424242424242}'],
    ['digits in two strings', '["42424242","42424242"]'],
    ['letters between', '{"a":"4242a4242a4242a4242"}'],
  ];
  for (const [what, text] of harmless) {
    test(`is not seen in ${what}`, () => {
      expect(scan(text)).toBeNull();
    });
  }

  test('is never told: a problem holds no value', () => {
    for (const [text] of found) expect(JSON.stringify(scan(text))).not.toMatch(/\d{6}/);
  });

  test('is not seen in random UUIDs', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(scan(JSON.stringify({ id: uuid }))).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  test('bytes without one are left as they are', () => {
    const bytes = Buffer.from('{"a":1');
    scanJson(bytes);
    expect(bytes.toString()).toBe('{"a":1');
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
