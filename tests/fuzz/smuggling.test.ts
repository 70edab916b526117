import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../raw-http.js';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { CARD_IN_HEADS } from './canaries.js';

let onfile: RunningOnfile;
beforeAll(async () => {
  onfile = await startOnfile();
});
afterAll(() => onfile?.stop());

const LINES = ['POST /v2/customers HTTP/1.1', 'Host: a', 'Content-Type: application/json'];
/** What a proxy that reads the first request otherwise would let pass inside its body. */
const SECOND = `GET /v2/${CARD_IN_HEADS} HTTP/1.1\r\nHost: a\r\n\r\n`;

function whole(lines: readonly string[], body = ''): string {
  return `${[...lines, `Authorization: Bearer ${onfile.secretKey}`].join('\r\n')}\r\n\r\n${body}`;
}

describe('a request that proxies and servers read differently is refused, and its connection ends with it', () => {
  // biome-ignore format: a table, a line for each request
  const refused: readonly [what: string, lines: readonly string[], body?: string][] = [
    ['a length and chunks, the length first',   [...LINES, 'Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['chunks and a length',                     [...LINES, 'Transfer-Encoding: chunked', 'Content-Length: 5'], '0\r\n\r\n'],
    ['chunks that are not the last encoding',   [...LINES, 'Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['chunks, spelled with a tab',              [...LINES, 'Transfer-Encoding:\tchunked\tx'], '0\r\n\r\n'],
    ['a blank before the colon',                [...LINES, 'Content-Length : 2'], '{}'],
    ['a length with a sign',                    [...LINES, 'Content-Length: +2'], '{}'],
    ['a length twice in one line',              [...LINES, 'Content-Length: 2, 2'], '{}'],
    ['the same length twice',                   [...LINES, 'Content-Length: 2', 'Content-Length: 2'], '{}'],
    ['a length in hexadecimal',                 [...LINES, 'Content-Length: 0x2'], '{}'],
    ['a length beyond every number',            [...LINES, 'Content-Length: 99999999999999999999'], '{}'],
    ['a folded header',                         [...LINES, 'X-A: b', ' Content-Length: 2'], '{}'],
    ['a header without a name',                 [...LINES, ': b']],
    ['a header without a colon',                [...LINES, 'b']],
    ['a carriage return within a header',       [...LINES, 'X-A: b\rContent-Length: 2'], '{}'],
    ['a NUL within a header',                   [...LINES, 'X-A: b\0c']],
    ['a chunk size in no hexadecimal',          [...LINES, 'Transfer-Encoding: chunked'], '0x2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size beyond every number',        [...LINES, 'Transfer-Encoding: chunked'], 'fffffffffffffffff\r\n{}\r\n'],
    ['a chunk longer than it says',             [...LINES, 'Transfer-Encoding: chunked'], '2\r\n{}x\r\n0\r\n\r\n'],
    ['a chunk that ends in a bare line feed',   [...LINES, 'Transfer-Encoding: chunked'], '2\n{}\n0\n\n'],
    ['a version that is none',                  ['POST /v2/customers HTTP/9.9', 'Host: a']],
    ['no version',                              ['GET /v2/customers', 'Host: a']],
  ];
  for (const [what, lines, body] of refused) {
    test(what, async () => {
      const answer = await sendRaw(onfile.apiUrl, whole([...lines, 'Connection: close'], body), SECOND);
      expect([answer.status, answer.isClosed]).toEqual([400, true]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      // One answer: what came behind was not read as a request of its own.
      expect(answer.body.match(/"status":/g)).toHaveLength(1);
      expect(answer.body).not.toContain(CARD_IN_HEADS);
    });
  }
});

describe('a request whose host nobody can tell is refused in the shape of its path', () => {
  for (const [what, hosts] of [
    ['without a host', []],
    ['with two', ['Host: a', 'Host: b']],
  ] as const) {
    test(what, async () => {
      const answer = await sendRaw(onfile.apiUrl, whole(['GET /v2/customers HTTP/1.1', ...hosts, 'Connection: close']));
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 400, code: 'malformed_body' });
    });
  }
});

describe('a request that is only unusual', () => {
  // biome-ignore format: a table, a line for each request
  const accepted: readonly [what: string, status: number, lines: readonly string[], body?: string][] = [
    ['chunks with extensions are read',     200, [...LINES, 'Transfer-Encoding: chunked'], '2;a=b;c="d"\r\n{}\r\n0\r\n\r\n'],
    ['chunks with a trailer are read',      200, [...LINES, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\nX-Trailer: a\r\n\r\n'],
    ['HTTP/1.0 needs no host',              200, ['GET /v2/customers HTTP/1.0']],
    ['HTTP/1.0 with a body',                200, ['POST /v2/customers HTTP/1.0', 'Content-Type: application/json', 'Content-Length: 2'], '{}'],
    ['a whole address is read as its path',  200, ['GET http://a/v2/customers HTTP/1.1', 'Host: a']],
    ['the asterisk names no route',         404, ['OPTIONS * HTTP/1.1', 'Host: a']],
    ['an upgrade is not taken',             200, ['GET /v2/customers HTTP/1.1', 'Host: a', 'Upgrade: h2c']],
  ];
  for (const [what, status, lines, body] of accepted) {
    test(`${what}: ${status}`, async () => {
      const answer = await sendRaw(onfile.apiUrl, whole([...lines, 'Connection: close'], body));
      expect(answer.status).toBe(status);
      expect(answer.isClosed).toBe(true);
    });
  }

  test('two requests at once are answered in their order', async () => {
    const first = whole(['GET /v2/nothing HTTP/1.1', 'Host: a']);
    const second = whole(['GET /v2/customers HTTP/1.1', 'Host: a', 'Connection: close']);
    const answer = await sendRaw(onfile.apiUrl, first + second);
    expect(answer.status).toBe(404);
  });
});

test('after all of it the server answers, and has logged no fault', async () => {
  const response = await fetch(`${onfile.apiUrl}/v2/customers`, {
    headers: { authorization: `Bearer ${onfile.secretKey}` },
  });
  expect(response.status).toBe(200);
  expect(onfile.logs.filter((line) => /\.fault"/.test(line) || line.includes(CARD_IN_HEADS))).toEqual([]);
});
