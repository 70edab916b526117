import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressedAnswer } from './compressed.js';

const BODY = Buffer.from('card '.repeat(200));

function ask(accepted: string | undefined, gzip?: Buffer) {
  const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
  return compressedAnswer({ raw: { headers } as IncomingMessage }, { body: BODY, ...(gzip && { gzip }) }, { a: '1' });
}

// biome-ignore format: a table
test.each([
  [undefined,                    undefined],
  ['',                           undefined],
  ['identity',                   undefined],
  ['deflate',                    undefined],
  ['gzip;q=0, br;q=0.0',         undefined],
  ['gzip',                       'gzip'],
  ['GZIP, deflate',              'gzip'],
  ['gzip, deflate, br, zstd',    'br'],
  ['br;q=0, gzip;q=0.5',         'gzip'],
  ['brotli, xgzip',              undefined],
])('whoever accepts %j gets the file as %s', async (accepted, encoding) => {
  const { status, headers, body } = await ask(accepted);
  expect(status).toBe(200);
  expect(headers).toEqual({ a: '1', vary: 'accept-encoding', ...(encoding && { 'content-encoding': encoding }) });
  const bytes = Buffer.from(body as Uint8Array);
  const read = encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes;
  expect(read.equals(BODY)).toBe(true);
});

test('a file that was made smaller beforehand is sent so', async () => {
  const made = Buffer.from('smaller');
  const other = Buffer.from(BODY);
  const answer = await compressedAnswer(
    { raw: { headers: { 'accept-encoding': 'gzip' } } as IncomingMessage },
    { body: other, gzip: made },
    {},
  );
  expect(answer.body).toBe(made);
});
