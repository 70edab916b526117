import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net';
import type { SendResult } from '@onfile/core';
import { afterEach, describe, expect, test } from 'vitest';
import { SELF_SIGNED } from '../../testing/self-signed.js';
import { createSender, type OutgoingRequest, type Trust } from './sender.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function sendOnce(request: OutgoingRequest, trust: Trust = {}): Promise<SendResult> {
  const sender = createSender(trust);
  closers.push(async () => sender.close());
  return sender.send(request);
}

const BODY = '{"number":"4242424242424242"}';

function aRequest(url: string, parts: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(BODY),
    connectTimeoutMs: 5_000,
    totalTimeoutMs: 10_000,
    answerBytesMax: 1_024,
    ...parts,
  };
}

const isWiped = ({ body }: OutgoingRequest) => body.every((byte) => byte === 0);

describe('a request that is answered', () => {
  test('arrives whole, and gives status, headers and body; its own body is wiped', async () => {
    const seen: { method: string; url: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
    const url = await serve((request, response) => {
      readAll(request, (body) => {
        seen.push({ method: `${request.method}`, url: `${request.url}`, headers: request.headers, body });
        response.writeHead(402, { 'x-a': '1', 'set-cookie': ['a=1', 'b=2'] }).end('declined');
      });
    });
    const request = aRequest(`${url}/verify?x=1`, { method: 'PUT', headers: { authorization: 'Bearer k' } });
    const result = await sendOnce(request);

    expect(seen).toMatchObject([{ method: 'PUT', url: '/verify?x=1', body: BODY }]);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer k', 'content-length': `${BODY.length}` });
    expect(result).toMatchObject({ kind: 'answered', status: 402, headers: { 'x-a': '1', 'set-cookie': 'a=1, b=2' } });
    expect(result.kind === 'answered' && Buffer.from(result.body).toString()).toBe('declined');
    expect(isWiped(request)).toBe(true);
  });

  test('arrives under TLS, at a peer whose certificate is good', async () => {
    const url = await serve(
      (request, response) => readAll(request, (body) => response.end(body.length.toString())),
      'tls',
    );
    const request = aRequest(url);
    const result = await sendOnce(request, { ca: SELF_SIGNED.cert });
    expect(result.kind === 'answered' && Buffer.from(result.body).toString()).toBe(`${BODY.length}`);
    expect(isWiped(request)).toBe(true);
  });

  test('has the length that its body has, whatever headers it was given', async () => {
    const lengths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      lengths.push(request.headers['content-length'], request.headers['transfer-encoding']);
      readAll(request, () => response.end());
    });
    const headers = { 'Content-Length': '3', 'Transfer-Encoding': 'chunked' };
    expect((await sendOnce(aRequest(url, { headers }))).kind).toBe('answered');
    expect(lengths).toEqual([`${BODY.length}`, undefined]);
  });

  test('with a large body arrives whole before it is wiped', async () => {
    const received: string[] = [];
    const url = await serve((request, response) =>
      readAll(request, (body) => response.end(received.push(body) && 'ok')),
    );
    const body = Buffer.alloc(4 * 1024 * 1024, '4');
    await sendOnce(aRequest(url, { body }));
    expect(received).toEqual(['4'.repeat(4 * 1024 * 1024)]);
  });

  test('is answered by a redirect as by anything else, and goes nowhere else', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      readAll(request, () => response.writeHead(307, { location: '/elsewhere' }).end());
    });
    expect(await sendOnce(aRequest(`${url}/here`))).toMatchObject({ kind: 'answered', status: 307 });
    expect(paths).toEqual(['/here']);
  });

  test('goes straight to its address, whatever the proxy variables say', async () => {
    const url = await serve((request, response) => readAll(request, () => response.end('direct')));
    process.env.http_proxy = process.env.HTTP_PROXY = 'http://127.0.0.1:9';
    try {
      expect((await sendOnce(aRequest(url))).kind).toBe('answered');
    } finally {
      delete process.env.http_proxy;
      delete process.env.HTTP_PROXY;
    }
  });

  test('may have an answer up to the limit, and none beyond it', async () => {
    const url = await serve((request, response) => readAll(request, () => response.end('a'.repeat(1_024))));
    expect((await sendOnce(aRequest(url, { answerBytesMax: 1_024 }))).kind).toBe('answered');
    expect(await sendOnce(aRequest(url, { answerBytesMax: 1_023 }))).toEqual({
      kind: 'unknown',
      reason: 'answer_too_large',
    });
  });
});

describe('a connection', () => {
  test('serves the next request too, once its answer was read', async () => {
    const { url, connections } = await serveCounted();
    const sender = aSender();
    for (const _ of [1, 2, 3]) expect((await sender.send(aRequest(url))).kind).toBe('answered');
    expect(connections()).toBe(1);
  });

  test('is not kept when the server says that it ends, and the next request has one of its own', async () => {
    const { url, connections } = await serveCounted({ connection: 'close' });
    const sender = aSender();
    for (const _ of [1, 2]) expect((await sender.send(aRequest(url))).kind).toBe('answered');
    expect(connections()).toBe(2);
  });

  test('serves one request at a time', async () => {
    const { url, connections } = await serveCounted();
    const sender = aSender();
    const results = await Promise.all([1, 2, 3].map(() => sender.send(aRequest(url))));
    expect(results.map(({ kind }) => kind)).toEqual(['answered', 'answered', 'answered']);
    expect(connections()).toBe(3);
  });

  test('that was kept and breaks under a request leaves it unknown, and nothing is sent again', async () => {
    let requests = 0;
    const url = await serveRaw((socket) =>
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.resetAndDestroy();
      }),
    );
    const sender = aSender();
    expect((await sender.send(aRequest(url))).kind).toBe('answered');
    const request = aRequest(url);
    expect((await sender.send(request)).kind).toBe('unknown');
    expect(requests).toBe(2);
    expect(isWiped(request)).toBe(true);
  });

  test('ends with the sender', async () => {
    const ended = deferred();
    const url = await serve((request, response) => {
      request.socket.once('close', ended.resolve);
      readAll(request, () => response.end('ok'));
    });
    const sender = aSender();
    await sender.send(aRequest(url));
    sender.close();
    await ended.promise;
  });

  function aSender() {
    const sender = createSender();
    closers.push(async () => sender.close());
    return sender;
  }

  async function serveCounted(headers: Record<string, string> = {}) {
    const sockets = new Set<Socket>();
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      readAll(request, () => response.writeHead(200, headers).end('ok'));
    });
    return { url, connections: () => sockets.size };
  }

  function deferred() {
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    return { promise, resolve };
  }
});

describe('a request that provably was not sent', () => {
  test('found nobody listening', async () => {
    const request = aRequest(await addressOfNobody());
    expect(await sendOnce(request)).toEqual({ kind: 'not_sent', reason: 'ECONNREFUSED' });
    expect(isWiped(request)).toBe(true);
  });

  test('has a name that does not resolve', async () => {
    const request = aRequest('http://processor.invalid/');
    const result = await sendOnce(request);
    expect(result.kind).toBe('not_sent');
    expect(isWiped(request)).toBe(true);
  });

  test('met a certificate that nobody vouches for, even when the environment says not to look', async () => {
    const bodies: string[] = [];
    const url = await serve(
      (request, response) => readAll(request, (body) => response.end(bodies.push(body) && 'ok')),
      'tls',
    );
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const request = aRequest(url);
      expect(await sendOnce(request)).toEqual({ kind: 'not_sent', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      expect(isWiped(request)).toBe(true);
      expect(bodies).toEqual([]);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test('met a certificate for another host', async () => {
    const url = await serve((_, response) => response.end(), 'tls');
    const result = await sendOnce(aRequest(url.replace('127.0.0.1', 'localhost')), { ca: SELF_SIGNED.cert });
    expect(result).toEqual({ kind: 'not_sent', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  test('met a peer that speaks no TLS', async () => {
    const url = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await sendOnce(aRequest(url.replace('http:', 'https:')))).kind).toBe('not_sent');
  });

  test('met a peer that breaks off while TLS is being agreed', async () => {
    const url = await serveRaw((socket) => socket.once('data', () => socket.destroy()));
    expect((await sendOnce(aRequest(url.replace('http:', 'https:')))).kind).toBe('not_sent');
  });

  for (const parts of [{ connectTimeoutMs: 20 }, { totalTimeoutMs: 20 }]) {
    test(`met a peer that never finishes agreeing on TLS (${Object.keys(parts)})`, async () => {
      const received: Buffer[] = [];
      const url = await serveRaw((socket) => socket.on('data', (data) => received.push(data)));
      const request = aRequest(url.replace('http:', 'https:'), parts);
      const result = await sendOnce(request);
      expect(result).toEqual({
        kind: 'not_sent',
        reason: 'connectTimeoutMs' in parts ? 'connect_timeout' : 'total_timeout',
      });
      expect(Buffer.concat(received).toString('latin1')).not.toContain('4242');
      expect(isWiped(request)).toBe(true);
    });
  }

  const unbuildable = [
    ['no address', { url: 'processor' }, 'ERR_INVALID_URL'],
    ['another protocol', { url: 'ftp://127.0.0.1/' }, 'ERR_INVALID_PROTOCOL'],
    ['a header with a line break', { headers: { 'x-a': '1\r\nx-b: 2' } }, 'ERR_INVALID_CHAR'],
  ] as const;
  for (const [what, parts, reason] of unbuildable) {
    test(`has ${what}`, async () => {
      const request = aRequest('http://127.0.0.1:9/', parts);
      expect(await sendOnce(request)).toEqual({ kind: 'not_sent', reason });
      expect(isWiped(request)).toBe(true);
    });
  }
});

describe('a request of which nobody knows', () => {
  const breaks: readonly (readonly [string, (socket: Socket) => unknown])[] = [
    ['as soon as the connection stands', (socket) => socket.destroy()],
    ['by a reset', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['after the request came', (socket) => socket.once('data', () => socket.destroy())],
    ['within the answer’s head', (socket) => answerRaw(socket, 'HTTP/1.1 200 OK\r\ncontent-')],
    ['within the answer’s body', (socket) => answerRaw(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')],
    ['within a chunk', (socket) => answerRaw(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc')],
    ['by an answer that is no HTTP', (socket) => answerRaw(socket, 'hello\r\n\r\n')],
    [
      'by another protocol',
      (socket) => answerRaw(socket, 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
  ];
  for (const [when, act] of breaks) {
    test(`was broken off ${when}`, async () => {
      const request = aRequest(await serveRaw(act));
      expect((await sendOnce(request)).kind).toBe('unknown');
      expect(isWiped(request)).toBe(true);
    });
  }

  test('had no answer in time', async () => {
    const request = aRequest(await serve(() => {}), { totalTimeoutMs: 50 });
    expect(await sendOnce(request)).toEqual({ kind: 'unknown', reason: 'total_timeout' });
    expect(isWiped(request)).toBe(true);
  });

  test('had an answer that did not end in time', async () => {
    const url = await serve((_, response) => response.writeHead(200).write('a'));
    expect(await sendOnce(aRequest(url, { totalTimeoutMs: 100 }))).toEqual({
      kind: 'unknown',
      reason: 'total_timeout',
    });
  });

  test('is not told from its reason what was in it', async () => {
    const url = await serveRaw((socket) => answerRaw(socket, 'HTTP/1.1 4242424242424242\r\n\r\n'));
    expect(JSON.stringify(await sendOnce(aRequest(url)))).not.toContain('4242');
  });
});

async function serve(listener: RequestListener, kind: 'plain' | 'tls' = 'plain'): Promise<string> {
  const server = kind === 'plain' ? createPlainServer(listener) : createTlsServer(SELF_SIGNED, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return `${kind === 'plain' ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serveRaw(act: (socket: Socket) => unknown): Promise<string> {
  const sockets: Socket[] = [];
  const server = createRawServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answerRaw(socket: Socket, answer: string): void {
  socket.once('data', () => socket.end(answer));
}

async function addressOfNobody(): Promise<string> {
  const url = await serve(() => {});
  await closers.pop()?.();
  return url;
}

function readAll(stream: NodeJS.ReadableStream, then: (body: string) => unknown): void {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.on('end', () => then(Buffer.concat(pieces).toString()));
}
