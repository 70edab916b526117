import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, constants as zlib } from 'node:zlib';
import pg from 'pg';

/** Bytes that may be nowhere, and what they are, for people. */
export interface Needle {
  readonly what: string;
  readonly bytes: Uint8Array;
}

export interface Found {
  readonly what: string;
  readonly offset: number;
}

export type Search = (bytes: Uint8Array) => readonly Found[];

/** Looks for all needles in one pass, however many there are; what is compressed by gzip is looked into as well. */
export function searchFor(needles: readonly Needle[]): Search {
  const find = findPlain(needles);
  return (bytes) => [...find(bytes), ...gzippedIn(bytes).flatMap(({ content, offset }) => at(offset, find(content)))];
}

/** As {@link searchFor}, without a look into what is compressed. */
export function findPlain(needles: readonly Needle[]): Search {
  const byStart = new Map<number, Needle[]>();
  const starts = new Uint8Array(1 << 16);
  for (const needle of needles) {
    const start = startOf(needle.bytes, 0);
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
    starts[hashOf(start)] = 1;
  }
  return (bytes) => {
    const found: Found[] = [];
    let start = startOf(bytes, -1);
    for (let end = 3; end < bytes.length; end += 1) {
      start = (start << 8) | (bytes[end] as number);
      if (starts[hashOf(start)] === 0) continue;
      for (const { what, bytes: wanted } of byStart.get(start) ?? []) {
        if (isAt(bytes, end - 3, wanted)) found.push({ what, offset: end - 3 });
      }
    }
    return found;
  };
}

function startOf(bytes: Uint8Array, from: number): number {
  let start = 0;
  for (let next = from; next < from + 4; next += 1) start = (start << 8) | (bytes[next] ?? 0);
  return start;
}

function hashOf(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> 16;
}

function isAt(bytes: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  if (offset + wanted.length > bytes.length) return false;
  for (let next = 4; next < wanted.length; next += 1) if (bytes[offset + next] !== wanted[next]) return false;
  return true;
}

function at(offset: number, found: readonly Found[]): Found[] {
  return found.map(({ what }) => ({ what: `${what}, compressed`, offset }));
}

const GZIP_START = Buffer.of(0x1f, 0x8b, 0x08);

function gzippedIn(bytes: Uint8Array): { readonly content: Buffer; readonly offset: number }[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const contents: { readonly content: Buffer; readonly offset: number }[] = [];
  for (let offset = view.indexOf(GZIP_START); offset >= 0; offset = view.indexOf(GZIP_START, offset + 1)) {
    const content = inflated(view.subarray(offset));
    if (content !== null) contents.push({ content, offset });
  }
  return contents;
}

/** `null`: three bytes that only look like a beginning. */
function inflated(bytes: Uint8Array): Buffer | null {
  try {
    return gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 10_000_000 });
  } catch {
    return null;
  }
}

/** A card number as it may be written: grouped, escaped, in hexadecimal, base64 at each alignment, UTF-16. */
export function needlesOfNumber(number: string): readonly Needle[] {
  const groups = number.length === 15 ? /^(.{4})(.{6})/ : /(.{4})(?=.)/g;
  const grouped = [' ', '-', '%20', '+', '\u00a0'].map((separator): [string, Buffer] => [
    `grouped by ${JSON.stringify(separator)}`,
    Buffer.from(
      number.replace(groups, (whole, first, second) =>
        typeof second === 'string' ? `${first}${separator}${second}${separator}` : `${whole}${separator}`,
      ),
    ),
  ]);
  const forms: readonly [string, Buffer][] = [
    ['as it is', Buffer.from(number)],
    ...grouped,
    // A start of zeros would be found in any memory.
    ...(/^[1-9]{4}/.test(number) ? [['as values', Buffer.from(Array.from(number, Number))] as [string, Buffer]] : []),
    ['percent-encoded', Buffer.from(number.replace(/./g, (digit) => `%3${digit}`))],
    ['in escapes', Buffer.from(number.replace(/./g, (digit) => `\\u003${digit}`))],
    ['in full width', Buffer.from(Array.from(number, (digit) => String.fromCharCode(0xff10 + Number(digit))).join(''))],
    ...encoded(number),
  ];
  return forms.map(([form, bytes]) => ({ what: `the card number ending in ${number.slice(-4)} ${form}`, bytes }));
}

/** Codes are too short to be looked for alone: with the name or the quotes that they would be kept with. */
export function needlesOfCode(code: string): readonly Needle[] {
  const kept = ['"', '":"', '": "', '=', ':', ': '].flatMap((before) =>
    before === '"' ? [`"${code}"`] : ['cvc', 'cvv', 'csc'].map((name) => `${name}${before}${code}`),
  );
  return kept.flatMap((text) => [
    { what: `a security code, ${text.slice(0, -code.length)}…`, bytes: Buffer.from(text) },
    { what: `a security code in UTF-16, ${text.slice(0, -code.length)}…`, bytes: Buffer.from(text, 'utf16le') },
  ]);
}

/** `name` for people, as the secret itself is not told. */
export function needlesOfSecret(name: string, secret: string): readonly Needle[] {
  return [['as it is', Buffer.from(secret)] as const, ...encoded(secret)].map(([form, bytes]) => ({
    what: `${name} ${form}`,
    bytes,
  }));
}

function encoded(text: string): readonly [string, Buffer][] {
  const base64 = [0, 1, 2].map((shift): [string, Buffer] => {
    const whole = Buffer.from(`${'x'.repeat(shift)}${text}`).toString('base64');
    return [`in base64, ${shift} bytes in`, Buffer.from(whole.slice(shift === 0 ? 0 : 4, -4))];
  });
  return [
    ['in hexadecimal', Buffer.from(Buffer.from(text).toString('hex'))],
    ...base64,
    ['in UTF-16', Buffer.from(text, 'utf16le')],
    ['in UTF-16, big-endian', Buffer.from(text, 'utf16le').swap16()],
  ];
}

/** What is found in these files, a sentence for each file and needle. A file that is gone holds nothing. */
export async function findInFiles(files: readonly string[], search: Search): Promise<readonly string[]> {
  const sentences: string[] = [];
  for (const file of files) {
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    sentences.push(...new Set(search(bytes).map(({ what }) => `${file} holds ${what}`)));
  }
  return sentences;
}

export async function filesUnder(folder: string): Promise<readonly string[]> {
  const root = await realpath(folder);
  const files: string[] = [];
  for (const name of await readdir(root)) {
    const path = join(root, name);
    const kind = await stat(path).catch(() => null);
    if (kind?.isDirectory()) files.push(...(await filesUnder(path).catch(() => [])));
    else if (kind?.isFile()) files.push(path);
  }
  return files;
}

/**
 * Every row of every table of the server that runs on this data directory, as text, as `pg_dump` would write it: the
 * distribution that we ship with has no `pg_dump`.
 */
export async function dumpDatabase(dataDir: string): Promise<string> {
  const written = JSON.parse(await readFile(join(dataDir, 'database.json'), 'utf8'));
  const { connection } = written as { connection: pg.ClientConfig };
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const { rows: texts } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
      rows.push(...texts.map(({ row }) => `${name}: ${row}`));
    }
    return rows.join('\n');
  } finally {
    await client.end();
  }
}
