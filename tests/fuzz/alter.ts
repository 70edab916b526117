import { CARD_IN_HEADS, CARDS } from './canaries.js';
import type { Random } from './random.js';
import type { Json, Request } from './seeds.js';

/** A request as it is sent. `head` is set where it is more than a client library would send. */
export interface Altered {
  readonly origin: 'api' | 'vault';
  readonly method: string;
  /** With its query. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** The bytes up to the body, when they are sent over a bare connection. */
  readonly head: Buffer | null;
}

/** One to three changes: to the meaning of the request, or to its bytes. */
export function alter(request: Request, random: Random): Altered {
  let altered = request;
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) altered = random.pick(CHANGES)(altered, random);
  const address = addressOf(altered);
  const { origin, method, headers } = altered;
  const body = bodyOf(altered, random);
  const whole: Altered = { origin, method, address, headers, body, head: null };
  return random.chance(0.08) ? { ...whole, head: alterBytes(headOf(whole), random) } : whole;
}

type Change = (request: Request, random: Random) => Request;

const changeJson: Change = (request, random) => {
  const { body } = request;
  if (body?.kind !== 'json') return changeQuery(request, random);
  return { ...request, body: { kind: 'json', json: changedAt(body.json, random) } };
};

const changeForm: Change = (request, random) => {
  const { body } = request;
  if (body?.kind !== 'form') return changePath(request, random);
  const fields = body.text.split('&');
  const at = random.below(fields.length);
  const [name = ''] = (fields[at] ?? '').split('=');
  fields[at] = `${name}=${encodeURIComponent(String(random.pick(STRINGS)))}`;
  if (random.chance(0.1)) fields.push(random.pick(fields));
  return { ...request, body: { kind: 'form', text: fields.join('&') } };
};

const changeQuery: Change = (request, random) => {
  const names = [...Object.keys(request.query), 'limit', 'cursor', 'starting_after', 'expand', 'q', 'unknown'];
  return { ...request, query: { ...request.query, [random.pick(names)]: random.pick(inAddresses()) } };
};

const changePath: Change = (request, random) => {
  const parts = request.path.split('/');
  const at = 1 + random.below(Math.max(1, parts.length - 1));
  parts[at] = random.chance(0.5) ? cut(parts[at] ?? '', random) : encodeURIComponent(random.pick(inAddresses()));
  return { ...request, path: parts.join('/') };
};

const changeHeader: Change = (request, random) => {
  const name = random.pick([...Object.keys(request.headers), ...HEADER_NAMES]);
  return { ...request, headers: { ...request.headers, [name]: random.pick(HEADER_VALUES) } };
};

const dropHeader: Change = (request, random) => {
  const dropped = random.pick([...Object.keys(request.headers), 'none']);
  return {
    ...request,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== dropped)),
  };
};

const changeMethod: Change = (request, random) => ({ ...request, method: random.pick(METHODS) });

const CHANGES: readonly Change[] = [
  ...Array<Change>(8).fill(changeJson),
  ...Array<Change>(3).fill(changeForm),
  ...Array<Change>(2).fill(changeQuery),
  ...Array<Change>(2).fill(changePath),
  changeHeader,
  dropHeader,
  changeMethod,
];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HEADER_NAMES = [
  ...['accept', 'accept-language', 'origin', 'idempotency-key', 'content-type', 'content-encoding', 'sec-fetch-site'],
  ...['toast-session-secret', 'toast-restaurant-external-id', 'onfile-merchant', 'onfile-mode', 'x-forwarded-for'],
  ...['if-none-match', 'range', 'expect', 'upgrade-insecure-requests', 'user-agent', 'cookie'],
];
const HEADER_VALUES = [
  ...['', 'application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16'],
  ...['gzip', '*/*', 'null', 'live', 'ja;q=0.5, *;q=nan', '../../etc/passwd', 'bytes=0-', '100-continue', '1'],
  ...['Bearer ', 'Bearer x.y.z', 'Basic OjpA', '\u00e9\u00ff', 'a'.repeat(4_000), CARD_IN_HEADS, `x ${CARD_IN_HEADS}`],
];

const LONG = 'あ'.repeat(4_000);
const STRINGS: readonly string[] = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    'null',
    'true',
    'NaN',
    '1e400',
    'undefined',
    '\u0000',
    '\u202eRTL',
    '👩‍👩‍👧',
    '\ufeff',
    'İ',
    'ﬀ',
  ],
  ...[
    "'; DROP TABLE customers; --",
    '{{card.number}}',
    '{{card.cvc}}',
    '#{1+1}',
    '<script>alert(1)</script>',
    '%00',
    '..',
  ],
  ...['a'.repeat(65), 'a'.repeat(256), 'a'.repeat(501), LONG, '"\\u0000"', '\\', '__proto__', 'constructor'],
  ...[
    'http://169.254.169.254/',
    'javascript:alert(1)',
    'https://user:pass@shop.example/',
    'https://shop.example:99999/',
  ],
  ...[
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '1969-12-31',
    'cus_1',
    'setfw_',
    '00000000-0000-0000-0000-000000000000',
  ],
];
const OTHERS: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  {},
  [[]],
  [null],
  { a: { b: 'c' } },
];

function inAddresses(): readonly string[] {
  return [...STRINGS.filter((text) => text.length < 600), CARD_IN_HEADS, `${CARD_IN_HEADS} `, '３'.repeat(15)];
}

/** The number where it does not belong, in the ways that people write one. */
function misplaced(random: Random): Json {
  const number = random.pick(CARDS);
  const grouped = number.replace(/(.{4})(?=.)/g, '$1 ');
  const wide = Array.from(number, (digit) => String.fromCharCode(0xff10 + Number(digit))).join('');
  return random.pick<Json>([
    number,
    grouped,
    grouped.replaceAll(' ', '-'),
    wide,
    Number(number),
    `card ${number}, please`,
  ]);
}

function changedAt(json: Json, random: Random): Json {
  if (Array.isArray(json) && json.length > 0 && random.chance(0.8)) {
    const at = random.below(json.length);
    return json.map((each, index) => (index === at ? changedAt(each, random) : each));
  }
  if (json !== null && typeof json === 'object' && !Array.isArray(json)) {
    const entries = Object.entries(json);
    if (entries.length > 0 && random.chance(0.9)) return changedObject(entries, random);
  }
  if (random.chance(0.25)) return misplaced(random);
  return random.chance(0.6) ? random.pick(STRINGS) : random.pick(OTHERS);
}

function changedObject(entries: readonly [string, Json][], random: Random): Json {
  const at = random.below(entries.length);
  const [name, value] = entries[at] ?? ['', null];
  const others = entries.filter((_, index) => index !== at);
  const made = random.below(8);
  if (made === 0) return Object.fromEntries(others);
  if (made === 1) return Object.fromEntries([...entries, [random.pick(EXTRA_KEYS), changedAt(null, random)]]);
  if (made === 2) return Object.fromEntries([...others, [random.pick(EXTRA_KEYS), value]]);
  if (made === 3) return Object.fromEntries([...others, [name, nested(value, random.below(20))]]);
  return Object.fromEntries([...others, [name, changedAt(value, random)]]);
}

const EXTRA_KEYS = [
  ...[
    'status',
    'livemode',
    'id',
    'merchant_id',
    'object',
    'version',
    'metadata',
    'card',
    'number',
    'confirm',
    'expand',
  ],
  ...['toString', 'hasOwnProperty', 'length', '', ' ', 'あ', 'a'.repeat(50), '0', 'customer', 'payment_method_data'],
];

function nested(value: Json, depth: number): Json {
  return depth === 0 ? value : { a: nested(value, depth - 1) };
}

function cut(text: string, random: Random): string {
  return text.slice(0, random.below(text.length + 1)) + (random.chance(0.3) ? '!' : '');
}

function addressOf({ path, query }: Request): string {
  const search = new URLSearchParams({ ...query });
  return search.size === 0 ? path : `${path}?${search}`;
}

function bodyOf({ body, method }: Request, random: Random): Buffer | null {
  if (body === null || method === 'GET') return null;
  const text = body.kind === 'form' ? body.text : JSON.stringify(body.json);
  const doubled = body.kind === 'json' && random.chance(0.03) ? text.replace(/"(\w+)":/, '"$1":1,"$1":') : text;
  const bytes = Buffer.from(doubled);
  return random.chance(0.3) ? alterBytes(bytes, random) : bytes;
}

const BYTES = [0x00, 0x0a, 0x0d, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x7b, 0x7d, 0x80, 0xc0, 0xed, 0xff];

/** A few bytes changed, put in, taken out, repeated, or all from somewhere on dropped. */
function alterBytes(bytes: Buffer, random: Random): Buffer {
  let altered = Buffer.from(bytes);
  for (let changes = 1 + random.below(4); changes > 0 && altered.length > 0; changes -= 1) {
    const at = random.below(altered.length);
    // Shorter than a card number: a copy of a whole one beside an identifier would belong to that.
    const length = 1 + random.below(8);
    const [before, after] = [altered.subarray(0, at), altered.subarray(at)];
    const made = random.below(6);
    if (made === 0) altered[at] = random.below(256);
    else if (made === 1) altered[at] = (altered[at] ?? 0) ^ (1 << random.below(8));
    else if (made === 2) altered = Buffer.concat([before, Buffer.of(random.pick(BYTES)), after]);
    else if (made === 3) altered = Buffer.concat([before, after.subarray(length)]);
    else if (made === 4) altered = Buffer.concat([before, after.subarray(0, length), after]);
    else if (random.chance(0.3)) altered = Buffer.from(before);
  }
  return altered;
}

function headOf({ method, address, headers, body }: Altered): Buffer {
  const lines = {
    host: 'test',
    connection: 'close',
    ...headers,
    ...(body && { 'content-length': String(body.length) }),
  };
  const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${address} HTTP/1.1\r\n${text.join('')}\r\n`, 'latin1');
}
