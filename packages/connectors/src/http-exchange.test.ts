import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type ExchangeRequest, exchange } from './http-exchange.js';

const servers: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a whole answer is given with status, headers and body', async () => {
  const url = await serve((_request, response) => response.writeHead(418, { 'x-kind': 'teapot' }).end('short'));
  const result = await exchange(aRequest({ url }));
  expect(result).toMatchObject({ kind: 'answered', status: 418, headers: { 'x-kind': 'teapot' } });
  expect(result.kind === 'answered' && new TextDecoder().decode(result.body)).toBe('short');
});

test('a body arrives as it was given, with its length in bytes', async () => {
  const url = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    response.end(`${request.method} ${request.headers['content-length']} ${body}`);
  });
  const result = await exchange(aRequest({ url, method: 'POST', body: '登録' }));
  expect(result.kind === 'answered' && new TextDecoder().decode(result.body)).toBe('POST 6 登録');
});

test('a redirect is an answer and is not followed', async () => {
  const url = await serve((_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
  expect(await exchange(aRequest({ url }))).toMatchObject({ kind: 'answered', status: 302 });
});

test('a refused connection has sent nothing', async () => {
  expect(await exchange(aRequest({ url: 'http://127.0.0.1:1/' }))).toEqual({
    kind: 'not_sent',
    reason: 'ECONNREFUSED',
  });
});

test('a handshake that never ends has sent nothing', async () => {
  const address = await listen(createTcpServer());
  expect(await exchange(aRequest({ url: `https://${address}/`, connectTimeoutMs: 50 }))).toEqual({
    kind: 'not_sent',
    reason: 'no connection in time',
  });
});

test('silence after the connection is unknown', async () => {
  const url = await serve(() => undefined);
  expect(await exchange(aRequest({ url, totalTimeoutMs: 50 }))).toEqual({
    kind: 'unknown',
    reason: 'no answer in time',
  });
});

test('an answer that goes on for ever, a byte at a time, ends at the time limit', async () => {
  const url = await serve((_request, response) => {
    const dripping = setInterval(() => response.write('.'), 5);
    response.once('close', () => clearInterval(dripping));
  });
  expect(await exchange(aRequest({ url, totalTimeoutMs: 100 }))).toMatchObject({ kind: 'unknown' });
});

test('a connection that is closed before or within the answer is unknown', async () => {
  const closed = await serve((request) => request.socket.destroy());
  expect(await exchange(aRequest({ url: closed }))).toMatchObject({ kind: 'unknown' });
  const cut = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('some', () => response.destroy());
  });
  expect(await exchange(aRequest({ url: cut }))).toMatchObject({ kind: 'unknown' });
});

test('an answer longer than the limit is unknown', async () => {
  const url = await serve((_request, response) => response.end('x'.repeat(2_000)));
  expect(await exchange(aRequest({ url, answerBytesMax: 1_000 }))).toEqual({
    kind: 'unknown',
    reason: 'the answer is too long',
  });
  expect(await exchange(aRequest({ url, answerBytesMax: 2_000 }))).toMatchObject({ kind: 'answered' });
});

function aRequest(part: Partial<ExchangeRequest>): ExchangeRequest {
  return {
    method: 'GET',
    url: '',
    headers: {},
    connectTimeoutMs: 5_000,
    totalTimeoutMs: 10_000,
    answerBytesMax: 64 * 1024,
    ...part,
  };
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://${await listen(createServer(listener))}/`;
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
