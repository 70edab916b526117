import type { IncomingMessage } from 'node:http';

const BODY_BYTES_MAX = 64 * 1024;

/** A body that cannot be read; answered before anything is processed. */
export class UnreadableBody extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request, 'application/json');
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableBody(400, 'invalid_json', 'The body is not JSON');
  }
}

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(request, 'application/x-www-form-urlencoded'));
}

async function readText(request: IncomingMessage, type: string): Promise<string> {
  const given = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (given !== type || request.headers['content-encoding'] !== undefined) {
    throw new UnreadableBody(415, 'unsupported_content', `Expected an uncompressed body of type ${type}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection has to survive a refusal, or the caller would see a reset instead of the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new UnreadableBody(413, 'body_too_large', `A body has at most ${BODY_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UnreadableBody(400, 'invalid_text', 'The body is not UTF-8');
  }
}
