import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readBody } from './read-body.js';

const LIMITS = { bytesMax: 16, timeoutMs: 10_000, contentLength: null };

function streamOf(...chunks: readonly Buffer[]): Readable {
  return Readable.from(chunks, { objectMode: false });
}

describe('reading a body', () => {
  test('gives its bytes in one buffer, and zeroes every piece that they came in', async () => {
    const chunks = ['card', '', ' 4242'].map((text) => Buffer.from(text));
    const read = await readBody(streamOf(...chunks), LIMITS);
    expect(read).toEqual({ kind: 'read', bytes: Buffer.from('card 4242') });
    expect(chunks.every((chunk) => chunk.every((byte) => byte === 0))).toBe(true);
  });

  test('gives a buffer whose memory is nobody else’s', async () => {
    const read = await readBody(streamOf(Buffer.from('1234')), { ...LIMITS, contentLength: 4 });
    expect(read.kind === 'read' && read.bytes.buffer.byteLength).toBe(4);
  });

  test('gives an empty body as no bytes', async () => {
    expect(await readBody(streamOf(), LIMITS)).toEqual({ kind: 'read', bytes: Buffer.alloc(0) });
  });

  const sizes = [
    // bytes sent, Content-Length, outcome
    [16, null, 'read'],
    [17, null, 'too_large'],
    [16, 16, 'read'],
    [0, 17, 'too_large'],
    [15, 16, 'wrong_length'],
    [16, 15, 'wrong_length'],
    [1_000, 15, 'wrong_length'],
  ] as const;
  for (const [sent, contentLength, outcome] of sizes) {
    test(`of ${sent} bytes with a Content-Length of ${contentLength} gives ${outcome}, within 16 bytes`, async () => {
      const chunks = Array.from({ length: sent }, () => Buffer.from('4'));
      const read = await readBody(streamOf(...chunks), { ...LIMITS, contentLength });
      expect(read.kind === 'read' ? 'read' : read.problem).toBe(outcome);
    });
  }

  test('zeroes the piece that was too much, and what came before it', async () => {
    const stream = new PassThrough();
    const chunks = [Buffer.from('4242424242'), Buffer.from('4242424242')];
    const reading = readBody(stream, LIMITS);
    for (const chunk of chunks) stream.write(chunk);
    expect(await reading).toEqual({ kind: 'problem', problem: 'too_large' });
    expect(chunks.every((chunk) => chunk.every((byte) => byte === 0))).toBe(true);
    stream.destroy();
  });

  test('that does not end in time is too slow', async () => {
    const stream = new PassThrough();
    stream.write('4242');
    expect(await readBody(stream, { ...LIMITS, timeoutMs: 1 })).toEqual({ kind: 'problem', problem: 'too_slow' });
    stream.destroy();
  });

  for (const cause of [undefined, new Error('reset')]) {
    test(`that ends before its end is broken off (${cause?.message ?? 'closed'})`, async () => {
      const stream = new PassThrough();
      const reading = readBody(stream, LIMITS);
      stream.write('4242');
      stream.destroy(cause);
      expect(await reading).toEqual({ kind: 'problem', problem: 'broken_off' });
    });
  }

  test('of a connection that is gone already is broken off', async () => {
    const stream = new PassThrough();
    stream.destroy();
    expect(await readBody(stream, LIMITS)).toEqual({ kind: 'problem', problem: 'broken_off' });
  });

  test('survives a connection that breaks after its problem', async () => {
    const stream = new PassThrough();
    await readBody(stream, { ...LIMITS, timeoutMs: 1 });
    stream.destroy(new Error('reset'));
    await new Promise((resolve) => stream.once('close', resolve));
  });

  test('goes on zeroing what comes after a problem', async () => {
    const stream = new PassThrough();
    await readBody(stream, { ...LIMITS, timeoutMs: 1 });
    const late = Buffer.from('4242');
    stream.end(late);
    await new Promise((resolve) => stream.once('end', resolve));
    expect(late.every((byte) => byte === 0)).toBe(true);
  });
});

describe('reading the body of a request', () => {
  const requests = [
    ['in one piece', ['4242424242424242'], 200, '16'],
    ['in many', [...'4242424242424242'], 200, '16'],
    ['that is empty', [], 200, '0'],
    ['that is a little too large', ['4'.repeat(17)], 413, 'too_large'],
    ['that is much too large', Array(64).fill('4'.repeat(64)), 413, 'too_large'],
  ] as const;
  for (const [what, pieces, status, text] of requests) {
    for (const isChunked of [false, true]) {
      test(`${what}${isChunked ? ', of a length that is not announced,' : ''} lets the client read its answer`, async () => {
        const answer = await post(pieces, isChunked);
        expect(answer).toEqual({ status, text });
      });
    }
  }
});

async function post(pieces: readonly string[], isChunked: boolean): Promise<{ status: number; text: string }> {
  const server = createServer(async (request, response) => {
    const announced = request.headers['content-length'];
    const contentLength = announced === undefined ? null : Number(announced);
    const read = await readBody(request, { ...LIMITS, contentLength });
    response.writeHead(read.kind === 'read' ? 200 : 413, { connection: 'close' });
    response.end(read.kind === 'read' ? `${read.bytes.length}` : read.problem);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const length = { 'content-length': pieces.join('').length };
  try {
    return await new Promise((resolve, reject) => {
      const outgoing = request({ port, method: 'POST', host: '127.0.0.1', headers: isChunked ? {} : length });
      outgoing.on('response', async (response) => {
        resolve({ status: response.statusCode ?? 0, text: (await response.toArray()).join('') });
      });
      outgoing.on('error', reject);
      for (const piece of pieces) outgoing.write(piece);
      outgoing.end();
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
