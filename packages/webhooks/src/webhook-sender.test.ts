import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderSigningSecret } from '@onfile/core';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { createWebhookSender } from './webhook-sender.js';

const SECRETS = ['a', 'Z'].map((letter) => renderSigningSecret(`${letter.repeat(20)}0129xyzXYZ${letter.repeat(13)}`));
const SENT_AT = Date.now();
const BODY = JSON.stringify({ id: 'evnt_1', note: 'あ – ü – 😀' });

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly url: string;
  readonly port: number;
}

/** A receiver on the loopback, which answers as told and remembers what it got. */
async function receiver(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { headers, url = '' } = request;
      received.push({ headers, url, body: Buffer.concat(chunks).toString(), port: request.socket.remotePort ?? 0 });
      answer(response, request);
    });
  });
  return { url: await listen(server), received };
}

/** Bytes on a socket that are no HTTP, or not all of it. */
async function rawReceiver(talk: (socket: Socket) => void) {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => talk(socket));
  });
  return `http://127.0.0.1:${await portOf(server)}/`;
}

async function listen(server: Server): Promise<string> {
  const port = await portOf(server);
  return `http://127.0.0.1:${port}/hooks?shop=1`;
}

async function portOf(server: NetServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push({
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  return (server.address() as AddressInfo).port;
}

function send(
  url: string,
  parts: { timeoutMs?: number; secrets?: readonly string[]; headers?: Record<string, string> } = {},
) {
  const { timeoutMs, secrets = SECRETS.slice(0, 1), headers = {} } = parts;
  const sender = createWebhookSender({ userAgent: 'Onfile/1', ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  return sender.send({ mode: 'test', url, id: 'evnt_1', sentAt: SENT_AT, body: BODY, headers, secrets });
}

describe('a delivery', () => {
  test('is one POST whose signature the published library accepts, over the exact bytes', async () => {
    const { url, received } = await receiver((response) => response.end('thanks'));
    expect(await send(url, { headers: { 'x-payjp-webhook-token': 'whook_1' } })).toMatchObject({
      kind: 'answered',
      status: 200,
      reply: 'thanks',
    });
    const [{ headers, body, url: path }] = received as [Received];
    expect(body).toBe(BODY);
    expect(path).toBe('/hooks?shop=1');
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Onfile/1',
      'webhook-id': 'evnt_1',
      'webhook-timestamp': String(Math.floor(SENT_AT / 1_000)),
      'x-payjp-webhook-token': 'whook_1',
      host: new URL(url).host,
    });
    expect(new Webhook(SECRETS[0] as string).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(BODY));
    expect(() => new Webhook(SECRETS[1] as string).verify(body, headers as Record<string, string>)).toThrow();
    expect(() => new Webhook(SECRETS[0] as string).verify(`${body} `, headers as Record<string, string>)).toThrow();
  });

  test('during a roll is signed with both secrets, and each alone accepts it', async () => {
    const { url, received } = await receiver((response) => response.end());
    await send(url, { secrets: SECRETS });
    const [{ headers, body }] = received as [Received];
    for (const secret of SECRETS) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(BODY));
    }
  });

  test('uses a connection of its own, and no proxy', async () => {
    const proxied: unknown[] = [];
    const proxy = await receiver((response) => {
      proxied.push(1);
      response.end();
    });
    const { url, received } = await receiver((response) => response.end());
    const before = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: proxy.url,
      http_proxy: proxy.url,
      ALL_PROXY: proxy.url,
      NODE_USE_ENV_PROXY: '1',
    });
    await send(url);
    await send(url);
    process.env = before;
    expect(proxied).toEqual([]);
    expect(received.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
    expect(new Set(received.map(({ port }) => port)).size).toBe(2);
  });

  test('does not follow a redirect', async () => {
    const target = await receiver((response) => response.end());
    const { url } = await receiver((response) => response.writeHead(302, { location: target.url }).end());
    expect(await send(url)).toMatchObject({ kind: 'answered', status: 302 });
    expect(target.received).toEqual([]);
  });

  test('tells how long the receiver asks for, in seconds or as a date', async () => {
    const date = new Date(Math.ceil(SENT_AT / 1_000) * 1_000 + 60_000);
    // biome-ignore format: a table
    const cases = [
      ['120',              120_000],
      ['0',                0],
      [date.toUTCString(), date.getTime() - SENT_AT],
      ['soon',             null],
    ] as const;
    for (const [value, retryAfterMs] of cases) {
      const { url } = await receiver((response) => response.writeHead(503, { 'retry-after': value }).end());
      expect(await send(url)).toMatchObject({ status: 503, retryAfterMs });
    }
  });

  test('keeps the first kilobyte of the answer, without control characters', async () => {
    const { url } = await receiver((response) => response.end(`\u001b[2Jhello\n${'x'.repeat(5_000)}`));
    const answer = await send(url);
    if (answer.kind !== 'answered') throw new Error(answer.fault);
    expect(answer.reply).toMatch(/^ \[2Jhello x+$/);
    expect(answer.reply).toHaveLength(1_024);
  });
});

describe('a hostile receiver', () => {
  test('that never answers is a timeout', async () => {
    const { url } = await receiver(() => {});
    expect(await send(url, { timeoutMs: 150 })).toMatchObject({ kind: 'failed', fault: 'timeout' });
  });

  test('that drips its headers is a timeout', async () => {
    const url = await rawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-drip: 1\r\n'), 20);
      socket.once('close', () => clearInterval(drip));
    });
    expect(await send(url, { timeoutMs: 200 })).toMatchObject({ kind: 'failed', fault: 'timeout' });
  });

  test('that never ends its body has answered all the same, and is cut off', async () => {
    let closed: Promise<unknown> | undefined;
    const { url } = await receiver((response) => {
      closed = once(response, 'close');
      response.writeHead(200);
      const more = () => {
        while (response.write('y'.repeat(8_192)));
        response.once('drain', more);
      };
      more();
    });
    expect(await send(url)).toMatchObject({ kind: 'answered', status: 200 });
    await closed;
  });

  test('that drips its body has answered all the same', async () => {
    const { url } = await receiver((response) => {
      response.writeHead(204 + 1);
      const drip = setInterval(() => response.write('z'), 10);
      response.once('close', () => clearInterval(drip));
    });
    expect(await send(url, { timeoutMs: 300 })).toMatchObject({ kind: 'answered', status: 205 });
  });

  // biome-ignore format: a table
  const GARBAGE = [
    ['closes at once',                  ''],
    ['speaks no HTTP',                  'SSH-2.0-OpenSSH_9.6\r\n'],
    ['breaks off in its headers',       'HTTP/1.1 200 OK\r\nx-a: '],
    ['sends headers without measure',   `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(64 * 1_024)}\r\n\r\n`],
    ['switches protocols',              'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
  ] as const;
  for (const [what, bytes] of GARBAGE) {
    test(`that ${what} is a failure`, async () => {
      const url = await rawReceiver((socket) => socket.end(bytes));
      expect(await send(url)).toMatchObject({ kind: 'failed', fault: 'answer_malformed' });
    });
  }

  test('does not keep a sender from being closed: the call throws, since nobody knows how it would have ended', async () => {
    const { url, received } = await receiver(() => sender.close());
    const sender = createWebhookSender({ userAgent: 'Onfile/1' });
    const request = { mode: 'test', url, id: 'e', sentAt: 0, body: BODY, headers: {}, secrets: [] } as const;
    await expect(sender.send(request)).rejects.toThrow('closed');
    expect(received).toHaveLength(1);
  });

  test('that listens nowhere is a failed connection', async () => {
    const { url } = await receiver(() => {});
    open.splice(0).forEach((server) => {
      server.close();
    });
    expect(await send(url)).toMatchObject({ kind: 'failed', fault: 'connection_failed' });
  });
});

describe('TLS', () => {
  const certificate = makeCertificate();

  test.skipIf(certificate === null)('is refused without a certificate that we trust for this name', async () => {
    const { key, cert } = certificate as { key: string; cert: string };
    const received: string[] = [];
    const server = createTlsServer({ key, cert }, (request, response) => {
      received.push(request.headers.host ?? '');
      response.end();
    });
    const port = await portOf(server);
    const network = {
      resolver: { resolve4: async () => ['127.0.0.1'], resolve6: async () => [] } as never,
      connect: () => connect({ host: '127.0.0.1', port }),
    };
    const deliver = (host: string, trusted?: string) =>
      createWebhookSender({
        userAgent: 'test',
        network: trusted === undefined ? network : { ...network, trusted },
      }).send({
        ...{ mode: 'test', url: `https://${host}:${port}/`, id: 'e', sentAt: 0, body: '', headers: {}, secrets: [] },
        mode: 'test',
      });
    expect(await deliver('shop.example')).toMatchObject({ kind: 'failed', fault: 'tls_failed' });
    expect(await deliver('other.example', cert)).toMatchObject({ kind: 'failed', fault: 'tls_failed' });
    expect(received).toEqual([]);
    expect(await deliver('shop.example', cert)).toMatchObject({ kind: 'answered', status: 200 });
    expect(received).toEqual([`shop.example:${port}`]);
  });
});

/** A certificate for shop.example that nobody vouches for, made by the system's openssl; `null` without one. */
function makeCertificate(): { readonly key: string; readonly cert: string } | null {
  const directory = mkdtempSync(join(tmpdir(), 'onfile-certificate-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example'];
  try {
    execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    console.warn('TLS of webhooks is not tested: there is no openssl to make a certificate with.');
    return null;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
