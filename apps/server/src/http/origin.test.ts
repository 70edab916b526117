import { once } from 'node:events';
import { connect } from 'node:net';
import { StorageFault } from '@onfile/core';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createIds } from '../ids.js';
import { createLog } from '../log.js';
import type { HttpRoute } from './http-route.js';
import { createMetrics } from './metrics.js';
import { createOrigin, type Origin, type OriginOptions } from './origin.js';
import { renderProblem } from './problem.js';

const lines: string[] = [];
const metrics = createMetrics({
  maskedRuns: () => 0,
  databaseConnections: () => ({ open: 0, idle: 0, waiting: 0 }),
  siblings: null,
});
let origin: Origin | undefined;

afterEach(async () => {
  await origin?.close(0);
  lines.length = 0;
});

afterAll(() => metrics.stop());

async function start(routes: readonly HttpRoute[], options: Partial<OriginOptions> = {}): Promise<string> {
  origin = createOrigin({
    name: 'api',
    routes,
    renderFault: () => renderProblem,
    trustedProxies: [],
    ids: createIds({ now: () => Date.now() }),
    log: createLog({ level: 'debug', format: 'json', writeLine: (line) => lines.push(line) }),
    metrics,
    ...options,
  });
  return `http://127.0.0.1:${await origin.listen({ host: '127.0.0.1', port: 0 })}`;
}

function route(path: string, handle: HttpRoute['handle']): HttpRoute {
  return { method: 'GET', path, handle };
}

const text = (body: string) => ({ status: 200, headers: { 'content-type': 'text/plain' }, body });

/** Sends some text and waits until the server ends the connection; answers what it said. */
async function sendAndWait(url: string, sent: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  await once(socket, 'connect');
  socket.write(sent);
  await once(socket, 'close');
  return received;
}

describe('an origin', () => {
  test('gives every answer a request id and the security headers', async () => {
    const url = await start([route('/a', async () => text('a'))]);
    const [first, second, missing] = await Promise.all([fetch(`${url}/a`), fetch(`${url}/a`), fetch(`${url}/none`)]);
    expect(first.headers.get('request-id')).toMatch(/^req_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(second.headers.get('request-id')).not.toBe(first.headers.get('request-id'));
    for (const response of [first, missing]) {
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'origin-agent-cluster': '?1',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'permissions-policy': expect.stringContaining('camera=()'),
      });
    }
  });

  test('does not take a request id from the caller', async () => {
    const url = await start([route('/a', async () => text('a'))]);
    const response = await fetch(`${url}/a`, { headers: { 'request-id': 'mine', 'x-request-id': 'mine' } });
    expect(response.headers.get('request-id')).not.toBe('mine');
  });

  const addresses = [
    // trusted            forwarded                  seen
    [[], '203.0.113.7', '127.0.0.1'],
    [['127.0.0.0/8'], '203.0.113.7', '203.0.113.7'],
    [['127.0.0.0/8'], '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    [['127.0.0.0/8', '203.0.113.7'], '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    [['127.0.0.0/8'], 'no address', '127.0.0.1'],
  ] as const;
  for (const [trustedProxies, forwarded, seen] of addresses) {
    test(`with ${JSON.stringify(trustedProxies)} trusted, X-Forwarded-For: ${forwarded} is a client at ${seen}`, async () => {
      const url = await start([route('/a', async ({ clientAddress }) => text(String(clientAddress)))], {
        trustedProxies,
      });
      const response = await fetch(`${url}/a`, { headers: { 'x-forwarded-for': forwarded } });
      expect(await response.text()).toBe(seen);
    });
  }

  test('answers a HEAD as the GET without its body', async () => {
    const url = await start([route('/a', async () => text('four'))]);
    const response = await fetch(`${url}/a`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '4', '']);
  });

  test('answers a broken handler with 500, and logs where it broke but not what was said', async () => {
    const url = await start([
      route('/a', async () => {
        throw new TypeError('the customer is taro');
      }),
    ]);
    const response = await fetch(`${url}/a`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('taro');
    const fault = lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'request.fault');
    expect(fault).toMatchObject({ errorName: 'TypeError', route: '/a', requestId: response.headers.get('request-id') });
    expect(lines.join()).not.toContain('taro');
  });

  test('answers 503 with Retry-After while the database is away', async () => {
    const url = await start([
      route('/a', async () => {
        throw new StorageFault('no connection', { code: 'connection' });
      }),
    ]);
    const response = await fetch(`${url}/a`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  });

  /** A busy machine may take a while until it reads what was sent. */
  const IMPATIENT = { timeouts: { headersMs: 1_000, requestMs: 1_500, keepAliveMs: 50, checkEveryMs: 20 } };

  test('ends a connection whose headers do not come, with 408, and one that is idle', async () => {
    const url = await start([route('/a', async () => text('a'))], IMPATIENT);
    expect(await sendAndWait(url, 'GET /a HTTP/1.1\r\nHost: a\r\nX: ')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await sendAndWait(url, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('closes a connection on which nothing came without an answer, which would be taken for that to the next request', async () => {
    const url = await start([route('/a', async () => text('a'))], IMPATIENT);
    expect(await sendAndWait(url, '')).toBe('');
  });

  test('carries out nothing that comes on a connection after it was refused', async () => {
    let requests = 0;
    const count = async () => {
      requests += 1;
      return text('a');
    };
    const url = await start([route('/a', count)], IMPATIENT);
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\nX: ');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
    socket.end('x\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'close');
    await fetch(`${url}/a`);
    expect(requests).toBe(1);
  });

  test('notes a request whose sender left before the answer was there', async () => {
    let begun: () => void = () => undefined;
    const isUnderWay = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let left: () => void = () => undefined;
    const hasLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const url = await start([
      route('/a', async ({ raw }) => {
        raw.socket.once('close', left);
        begun();
        await hasLeft;
        return text('a');
      }),
    ]);
    const abort = new AbortController();
    const asked = fetch(`${url}/a`, { signal: abort.signal });
    await isUnderWay;
    abort.abort();
    await expect(asked).rejects.toThrow('aborted');
    await expect.poll(() => lines.filter((line) => line.includes('request.ended'))).toHaveLength(1);
  });

  test('lets a request under way end before it closes, and takes no other', async () => {
    let finish: (() => void) | undefined;
    const started = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let answer: (() => void) | undefined;
    const url = await start([
      route('/slow', async () => {
        finish?.();
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return text('whole');
      }),
    ]);
    const response = fetch(`${url}/slow`);
    await started;
    const closed = origin?.close(5_000);
    await expect(fetch(`${url}/slow`)).rejects.toThrow();
    answer?.();
    expect(await (await response).text()).toBe('whole');
    expect(await closed).toBe(true);
  });

  test('cuts what does not end within the grace, and says so', async () => {
    let started: (() => void) | undefined;
    const isUnderWay = new Promise<void>((resolve) => {
      started = resolve;
    });
    const url = await start([
      route('/never', () => {
        started?.();
        return new Promise(() => undefined);
      }),
    ]);
    const response = fetch(`${url}/never`).then(
      () => 'answered',
      () => 'cut',
    );
    await isUnderWay;
    expect(await origin?.close(10)).toBe(false);
    expect(await response).toBe('cut');
  });
});
