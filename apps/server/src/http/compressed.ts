import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { HttpAnswer, HttpRequest } from './http-route.js';

/** A file that is the same for everybody. Answers that hold anybody's secrets are never compressed: their length would tell. */
export interface PublicFile {
  readonly body: Buffer;
  /** The same, made smaller by something better than what is at hand here. */
  readonly gzip?: Buffer;
}

type Encoding = 'br' | 'gzip';

/** The file as this browser takes it. Each is compressed once, at its first request. */
export async function compressedAnswer(
  { raw }: Pick<HttpRequest, 'raw'>,
  file: PublicFile,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  const encoding = preferredOf(raw.headers['accept-encoding'] ?? '');
  const varying = { ...headers, vary: 'accept-encoding' };
  if (encoding === null) return { status: 200, headers: varying, body: file.body };
  return {
    status: 200,
    headers: { ...varying, 'content-encoding': encoding },
    body: await compressed(file, encoding),
  };
}

/** `null`: as it is, for those who say nothing or refuse both. */
function preferredOf(accepted: string): Encoding | null {
  const named = accepted
    .toLowerCase()
    .split(',')
    .filter((each) => !/;\s*q=0(\.0*)?\s*$/.test(each));
  const names = named.map((each) => each.split(';')[0]?.trim());
  return ENCODINGS.find((encoding) => names.includes(encoding)) ?? null;
}

const ENCODINGS: readonly Encoding[] = ['br', 'gzip'];
const COMPRESS = { br: promisify(brotliCompress), gzip: promisify(gzip) };

const done = new WeakMap<Buffer, Partial<Record<Encoding, Promise<Buffer>>>>();

function compressed({ body, gzip: better }: PublicFile, encoding: Encoding): Promise<Buffer> {
  const known = done.get(body) ?? {};
  done.set(body, known);
  known[encoding] ??= encoding === 'gzip' && better ? Promise.resolve(better) : COMPRESS[encoding](body);
  return known[encoding];
}
