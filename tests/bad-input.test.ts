import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawAnswer, requestText, sendRaw } from './raw-http.js';
import { type RunningOnfile, startOnfile, type TestMerchant } from './running-server.js';

/** In every value that is refused. It may turn up neither in an answer, nor in a log, nor in the database. */
const CANARY = 'canary7f3a';
/** A published test card. */
const CARD = '4242424242424242';

let onfile: RunningOnfile;
let other: TestMerchant;
let database: pg.Client;
let flowId: string;
let clientSecret: string;
let sessionPath: string;

beforeAll(async () => {
  onfile = await startOnfile();
  other = await onfile.addMerchant('Another shop');
  database = new pg.Client(onfile.database);
  database.on('error', () => undefined);
  await database.connect();
  const flow = await (await call('POST', '/v2/setup_flows', '{}')).json();
  flowId = flow.id;
  clientSecret = flow.client_secret;
  const session = await (await call('POST', '/v2/checkout/sessions', '{"mode":"setup"}')).json();
  sessionPath = new URL(session.url).pathname;
});

afterAll(async () => {
  await database?.end();
  await onfile?.stop();
});

interface CallOptions {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function call(method: string, path: string, body?: BodyInit, { key, headers }: CallOptions = {}): Promise<Response> {
  return fetch(onfile.apiUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${key ?? onfile.secretKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

/** How many rows there are, over all tables. */
async function countRows(): Promise<number> {
  const { rows: tables } = await database.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const counts = tables.map(({ name }) => `(SELECT count(*) FROM ${name})`);
  const { rows } = await database.query(`SELECT (${counts.join(' + ')})::integer AS count`);
  return rows[0].count;
}

async function isStoredAnywhere(text: string): Promise<boolean> {
  const { rows: tables } = await database.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  for (const { name } of tables) {
    const { rows } = await database.query(`SELECT 1 FROM ${name} AS line WHERE line::text LIKE $1`, [`%${text}%`]);
    if (rows.length > 0) return true;
  }
  return false;
}

function expectProblem(answer: { status: number; contentType: string | null; text: string }, expected: Expected): void {
  expect(answer.contentType).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(answer.text);
  expect({ status: answer.status, code: problem.code }).toEqual({ status: expected.status, code: expected.code });
  expect(problem).toMatchObject({ status: expected.status, title: expect.any(String), type: expect.any(String) });
  expect(answer.text).not.toContain(CANARY);
  expect(answer.text).not.toContain(CARD);
}

interface Expected {
  readonly status: number;
  readonly code: string;
}

async function expectRefused(response: Response, expected: Expected): Promise<void> {
  expectProblem(
    { status: response.status, contentType: response.headers.get('content-type'), text: await response.text() },
    expected,
  );
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const manyKeys = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":1`).join()}}`;
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('a body that is not acceptable', () => {
  const bodies: readonly [what: string, body: string | Buffer<ArrayBuffer>, status: number, code: string][] = [
    ['more than 64 KB', `{"description":"${'a'.repeat(65_536)}"}`, 413, 'body_too_large'],
    ['a million characters', `{"description":"${'あ'.repeat(1_000_000)}"}`, 413, 'body_too_large'],
    ['not JSON', `{"description":${CANARY}}`, 400, 'malformed_body'],
    ['JSON with something behind it', `{} ${CANARY}`, 400, 'malformed_body'],
    ['half of a JSON', `{"description":"${CANARY}`, 400, 'malformed_body'],
    ['blanks only', '   ', 400, 'malformed_body'],
    ['17 levels deep', deep(17), 400, 'malformed_body'],
    ['1,001 keys', manyKeys(1_001), 400, 'malformed_body'],
    ['a repeated key', `{"email":"${CANARY}@a.jp","email":"b@a.jp"}`, 400, 'malformed_body'],
    ['a repeated key, once escaped', `{"email":"${CANARY}@a.jp","\\u0065mail":"b"}`, 400, 'malformed_body'],
    ['the key __proto__', `{"__proto__":{"x":"${CANARY}"}}`, 400, 'malformed_body'],
    ['the key constructor', `{"constructor":"${CANARY}"}`, 400, 'malformed_body'],
    ['the key prototype, nested', `{"metadata":{"prototype":"${CANARY}"}}`, 400, 'malformed_body'],
    ['NaN', '{"metadata":{"a":NaN}}', 400, 'malformed_body'],
    ['1e400', '{"metadata":{"a":1e400}}', 400, 'malformed_body'],
    ['half of a surrogate pair', `{"description":"${CANARY}\\ud800"}`, 400, 'malformed_body'],
    ['a NUL, escaped', `{"description":"${CANARY}\\u0000"}`, 400, 'malformed_body'],
    ['a NUL, as it is', bytes('{"description":"', [0], '"}'), 400, 'malformed_body'],
    ['invalid UTF-8', bytes('{"description":"', [0xc3, 0x28], '"}'), 400, 'malformed_body'],
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], '{}'), 400, 'malformed_body'],
    ['an array', `["${CANARY}"]`, 422, 'validation_error'],
    ['a text', `"${CANARY}"`, 422, 'validation_error'],
    ['an array for a text', `{"description":["${CANARY}"]}`, 422, 'validation_error'],
    ['a number for a text', '{"description":5}', 422, 'validation_error'],
    ['an object for a text', `{"description":{"a":"${CANARY}"}}`, 422, 'validation_error'],
    ['a description that is too long', `{"description":"${CANARY}${'a'.repeat(250)}"}`, 422, 'validation_error'],
    ['an e-mail that is none', `{"email":"${CANARY}"}`, 422, 'validation_error'],
    ['21 metadata keys', `{"metadata":${manyKeys(21)}}`, 400, 'metadata_limit_exceeded'],
    ['a metadata key that is too long', `{"metadata":{"${'k'.repeat(41)}":"${CANARY}"}}`, 422, 'validation_error'],
    ['a metadata value that is too long', `{"metadata":{"a":"${CANARY}${'v'.repeat(495)}"}}`, 422, 'validation_error'],
    ['metadata in metadata', `{"metadata":{"a":{"b":"${CANARY}"}}}`, 422, 'validation_error'],
    ['a card number as description', `{"description":"${CARD}"}`, 400, 'sensitive_data_not_allowed'],
    ['a card number with dashes', '{"description":"4242-4242-4242-4242"}', 400, 'sensitive_data_not_allowed'],
    ['a card number in words', `{"description":"card ${CARD} please"}`, 400, 'sensitive_data_not_allowed'],
    [
      'a card number in full width',
      '{"description":"４２４２４２４２４２４２４２４２"}',
      400,
      'sensitive_data_not_allowed',
    ],
    ['a card number in metadata', `{"metadata":{"note":"${CARD}"}}`, 400, 'sensitive_data_not_allowed'],
    ['a card number as a number', `{"metadata":{"note":${CARD}}}`, 400, 'sensitive_data_not_allowed'],
    ['a card number as a key', `{"metadata":{"${CARD}":"a"}}`, 400, 'sensitive_data_not_allowed'],
    ['a card number, escaped', `{"description":"\\u0034${CARD.slice(1)}"}`, 400, 'sensitive_data_not_allowed'],
  ];
  for (const [what, body, status, code] of bodies) {
    test(`${what} is refused with ${code}, and nothing is stored or repeated`, async () => {
      const before = await countRows();
      await expectRefused(await call('POST', '/v2/customers', body), { status, code });
      expect(await countRows()).toBe(before);
    });
  }

  test('a body announced as too large is refused before it is sent, and the connection is closed', async () => {
    const answer = await sendRaw(
      onfile.apiUrl,
      requestText('POST', '/v2/customers', {
        headers: { ...authorized(), ...JSON_TYPE, 'content-length': '10000000' },
      }),
    );
    expectRaw(answer, { status: 413, code: 'body_too_large' });
    expect(answer.isClosed).toBe(true);
  });

  test('a request with a card may have 8 KB and no more', async () => {
    const body = `{"type":"card","card":{"number":"${CARD}"},"metadata":{"a":"${'a'.repeat(8_192)}"}}`;
    await expectRefused(await call('POST', '/v2/payment_methods', body), { status: 413, code: 'body_too_large' });
  });

  test('a repeated query parameter, or one of another type, is refused', async () => {
    for (const query of ['limit=1&limit=2', 'limit=many', 'limit=101', 'limit=1.5', 'limit=0']) {
      const response = await call('GET', `/v2/customers?${query}`);
      expect([query, response.status]).toEqual([query, 422]);
      await expectRefused(response, { status: 422, code: 'validation_error' });
    }
  });

  test('a repeated Authorization is refused, whichever of its keys is good', async () => {
    const answer = await sendRaw(
      onfile.apiUrl,
      requestText('GET', '/v2/customers', { headers: { ...authorized(), Authorization: `Bearer ${CANARY}` } }),
    );
    expectRaw(answer, { status: 400, code: 'repeated_header' });
  });

  test('a query with broken encoding is refused', async () => {
    for (const query of ['limit=%zz', 'limit=%ff', 'a=%00']) {
      await expectRefused(await call('GET', `/v2/customers?${query}`), { status: 400, code: 'malformed_query' });
    }
  });
});

describe('a content type', () => {
  const refused = [
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json; charset=shift_jis', {}],
    ['application/json; charset=utf-16', {}],
    ['text', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
    ['application/json', { 'content-encoding': 'br' }],
  ] as const;
  for (const [type, more] of refused) {
    test(`${type} ${JSON.stringify(more)} is refused with 415`, async () => {
      const response = await call('POST', '/v2/customers', '{}', { headers: { 'content-type': type, ...more } });
      await expectRefused(response, { status: 415, code: 'unsupported_media_type' });
    });
  }

  test('that is missing is refused when there is a body', async () => {
    const answer = await sendRaw(
      onfile.apiUrl,
      requestText('POST', '/v2/customers', { headers: authorized(), body: '{}' }),
    );
    expectRaw(answer, { status: 415, code: 'unsupported_media_type' });
  });

  const accepted = [
    ['present on a GET', 'GET', '/v2/customers', typed('application/json')],
    ['present on a POST without a body', 'POST', '/v2/setup_flows', typed('application/json')],
    ['absent on a POST without a body', 'POST', '/v2/setup_flows', {}],
    ['with a charset in capitals', 'POST', '/v2/setup_flows', typed('application/json; charset=UTF-8')],
    ['with a quoted charset', 'POST', '/v2/setup_flows', typed('Application/JSON;charset="utf-8"')],
  ] as const;
  for (const [what, method, path, headers] of accepted) {
    test(`${what} is accepted`, async () => {
      const answer = await sendRaw(
        onfile.apiUrl,
        requestText(method, path, { headers: { ...authorized(), ...headers } }),
      );
      expect(answer.status).toBe(200);
    });
  }
});

describe('what is no proper HTTP request', () => {
  const broken = [
    [
      'both lengths',
      'POST /v2/customers HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
      400,
    ],
    [
      'both, the other way',
      'POST /v2/customers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST /v2/customers HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}', 400],
    ['an unknown encoding', 'POST /v2/customers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: foo\r\n\r\n', 400],
    ['bare line feeds', 'GET /v2/customers HTTP/1.1\nHost: a\n\n', 400],
    ['a bare line feed later', 'GET /v2/customers HTTP/1.1\r\nHost: a\nX: b\r\n\r\n', 400],
    ['no HTTP at all', `${CANARY}\r\n\r\n`, 400],
    ['a made-up method', 'FETCH /v2/customers HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['headers beyond 16 KB', `GET /v2/customers HTTP/1.1\r\nHost: a\r\nX: ${CANARY}${'a'.repeat(17_000)}\r\n\r\n`, 431],
    ['an address beyond 16 KB', `GET /v2/customers?${CANARY}${'a'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ] as const;
  for (const [what, text, status] of broken) {
    test(`${what}: ${status}, and the connection is closed`, async () => {
      const answer = await sendRaw(onfile.apiUrl, text);
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.body).not.toContain(CANARY);
      expect(answer.isClosed).toBe(true);
    });
  }

  test('an expectation that nobody knows is passed over', async () => {
    const headers = { ...authorized(), expect: CANARY };
    const known = await sendRaw(onfile.apiUrl, requestText('GET', '/v2/customers', { headers }));
    expect(known.status).toBe(200);
    expectRaw(await sendRaw(onfile.apiUrl, requestText('GET', '/v2/nothing', { headers })), {
      status: 404,
      code: 'not_found',
    });
  });

  test('broken chunks: 400, and the connection is closed', async () => {
    const head = `POST /v2/customers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${onfile.secretKey}\r\n${JSON_HEADER}`;
    const answer = await sendRaw(onfile.apiUrl, `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`);
    expect(answer.status).toBe(400);
    expect(answer.isClosed).toBe(true);
  });

  test('an address beyond 4 KB: 414 in the shape of the dialect', async () => {
    const response = await call('GET', `/v2/customers?starting_after=${'a'.repeat(4_100)}`);
    await expectRefused(response, { status: 414, code: 'url_too_long' });
  });

  for (const method of ['TRACE', 'PUT', 'PATCH', 'PROPFIND']) {
    test(`${method}: 405, with what is allowed`, async () => {
      const answer = await sendRaw(onfile.apiUrl, requestText(method, '/v2/customers', { headers: authorized() }));
      expectRaw(answer, { status: 405, code: 'method_not_allowed' });
      expect(answer.headers.allow).toBe('GET, HEAD, POST, OPTIONS');
    });
  }

  test('an address that is nobody’s: 404; one with a slash too many is found', async () => {
    await expectRefused(await call('GET', '/v2/nothing'), { status: 404, code: 'not_found' });
    await expectRefused(await call('GET', '/v2/customers/%zz'), { status: 404, code: 'not_found' });
    expect((await call('GET', '/v2/customers/')).status).toBe(200);
    expect((await call('GET', '//v2/customers')).status).toBe(200);
  });
});

describe('a card that is not one', () => {
  const cards = [
    // what                        number                 month year  cvc     status code
    ['letters', `4242${CANARY}`, 12, 2034, '123', 422, 'validation_error'],
    ['a wrong check digit', '4242424242424241', 12, 2034, '123', 422, 'validation_error'],
    ['eleven digits', '42424242424', 12, 2034, '123', 422, 'validation_error'],
    ['twenty digits', '42424242424242424242', 12, 2034, '123', 422, 'validation_error'],
    ['full-width digits', '４２４２４２４２４２４２４２４２', 12, 2034, '123', 422, 'validation_error'],
    ['an expiry in the past', CARD, 1, 2020, '123', 402, 'expired_card'],
    ['an expiry too far ahead', CARD, 1, 2099, '123', 402, 'invalid_expiration_date'],
    ['a code of two digits', CARD, 12, 2034, '12', 402, 'invalid_cvc'],
    ['a code of four digits', CARD, 12, 2034, '1234', 402, 'invalid_cvc'],
    ['a code with letters', CARD, 12, 2034, 'abc', 402, 'invalid_cvc'],
    ['a thirteenth month', CARD, 13, 2034, '123', 422, 'validation_error'],
    ['a number as a number', Number(CARD), 12, 2034, '123', 422, 'validation_error'],
    ['a code as a number', CARD, 12, 2034, 123, 422, 'validation_error'],
  ] as const;
  for (const [what, number, exp_month, exp_year, cvc, status, code] of cards) {
    test(`${what} is refused with ${code}, and nothing is stored or repeated`, async () => {
      const before = await countRows();
      const body = JSON.stringify({
        type: 'card',
        card: { number, exp_month, exp_year, cvc },
        billing_details: { name: 'TARO YAMADA', email: 'taro@example.com' },
      });
      await expectRefused(await call('POST', '/v2/payment_methods', body), { status, code });
      expect(await countRows()).toBe(before);
    });
  }
});

describe('who may not', () => {
  const keys = [
    ['no key', () => ''],
    ['a mistyped key', () => `Bearer ${onfile.secretKey.slice(0, -1)}`],
    ['a made-up key', () => `Bearer sk_test_${CANARY}`],
    ['another scheme', () => `Digest ${onfile.secretKey}`],
    ['the key as the password', () => `Basic ${Buffer.from(`:${onfile.secretKey}`).toString('base64')}`],
  ] as const;
  for (const [what, authorization] of keys) {
    test(`${what}: 401 with what is asked for`, async () => {
      const response = await call('GET', '/v2/customers', undefined, { headers: { authorization: authorization() } });
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      await expectRefused(response, { status: 401, code: 'unauthorized' });
    });
  }

  test('a public key on a route of the server: 403', async () => {
    const response = await call('GET', '/v2/customers', undefined, { key: onfile.publicKey });
    await expectRefused(response, { status: 403, code: 'forbidden' });
  });

  test('a refused key is told before anything of the body is looked at', async () => {
    const response = await call('POST', '/v2/customers', `{"a":${CANARY}`, { key: 'sk_test_x' });
    await expectRefused(response, { status: 401, code: 'unauthorized' });
  });

  test('another merchant’s, an unknown and a malformed id are the same 404', async () => {
    const unknown = `${flowId.slice(0, -2)}zz`;
    const answers = await Promise.all([
      call('GET', `/v2/setup_flows/${flowId}`, undefined, { key: other.secretKey }),
      call('GET', `/v2/setup_flows/${unknown}`),
      call('GET', '/v2/setup_flows/setfw_1'),
      call('GET', '/v2/setup_flows/%00'),
      call('GET', `/v2/setup_flows/${'a'.repeat(2_000)}`),
    ]);
    for (const answer of answers) await expectRefused(answer, { status: 404, code: 'not_found' });
  });

  test('a wrong client secret: 404, as for a flow that is not there', async () => {
    for (const secret of [`${clientSecret.slice(0, -1)}_`, CANARY, '', `${clientSecret}a`]) {
      const path = `/v2/setup_flows/${flowId}?${new URLSearchParams({ client_secret: secret })}`;
      const response = await call('GET', path, undefined, { key: onfile.publicKey });
      await expectRefused(response, { status: 404, code: 'not_found' });
    }
    const right = await call('GET', `/v2/setup_flows/${flowId}?client_secret=${clientSecret}`, undefined, {
      key: onfile.publicKey,
    });
    expect(right.status).toBe(200);
  });

  test('a card number as an id is not repeated either', async () => {
    await expectRefused(await call('GET', `/v2/customers/${CARD}`), { status: 404, code: 'not_found' });
    await expectRefused(await call('GET', `/v2/${CARD}`), { status: 404, code: 'not_found' });
  });

  test('fields that belong to the server are never applied', async () => {
    const body = JSON.stringify({ status: 'succeeded', livemode: true, id: 'setfw_1', merchant_id: other.merchantId });
    const flow = await (await call('POST', '/v2/setup_flows', body)).json();
    expect(flow).toMatchObject({ status: 'requires_payment_method', livemode: false });
    expect(flow.id).not.toBe('setfw_1');
  });
});

describe('an idempotency key', () => {
  for (const key of ['', 'with space', 'ключ', `${CANARY}!`, 'a'.repeat(256)]) {
    test(`${JSON.stringify(key.slice(0, 20))} of ${key.length} characters is refused`, async () => {
      const answer = await sendRaw(
        onfile.apiUrl,
        requestText('POST', '/v2/customers', {
          headers: { ...authorized(), ...JSON_TYPE, 'idempotency-key': Buffer.from(key).toString('latin1') },
          body: '{}',
        }),
      );
      expectRaw(answer, { status: 400, code: 'invalid_idempotency_key' });
    });
  }

  test('that is a card number is refused, since keys are stored', async () => {
    const response = await call('POST', '/v2/customers', '{}', { headers: { 'idempotency-key': CARD } });
    await expectRefused(response, { status: 400, code: 'sensitive_data_not_allowed' });
  });

  test('with the same request gives the first answer again; with another body or path it is a conflict', async () => {
    const headers = { 'idempotency-key': 'once-and-again' };
    const first = await call('POST', '/v2/customers', '{"description":"one"}', { headers });
    const again = await call('POST', '/v2/customers', '{"description":"one"}', { headers });
    expect(await again.json()).toEqual(await first.json());
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const changed = await call('POST', '/v2/customers', '{"description":"two"}', { headers });
    await expectRefused(changed, { status: 409, code: 'idempotency_conflict' });
  });
});

describe('the hosted page', () => {
  const form = (fields: Record<string, string>) => new URLSearchParams({ locale: 'en', after_attempt: '', ...fields });
  const good = { card_number: CARD, card_expiry: '12/34', card_cvc: '123', card_name: 'TARO', email: 'a@example.com' };

  const post = (body: BodyInit, headers: Record<string, string> = {}, path = sessionPath) =>
    fetch(onfile.vaultUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
      redirect: 'manual',
    });

  const refused = [
    ['more than 8 KB', () => post(form({ ...good, card_name: 'a'.repeat(8_300) })), 413],
    ['JSON', () => post('{}', { 'content-type': 'application/json' }), 415],
    ['a compressed form', () => post(form(good), { 'content-encoding': 'gzip' }), 415],
    ['a repeated field', () => post(`${form(good)}&email=${CANARY}`), 400],
    ['broken encoding', () => post('card_name=%zz'), 400],
    ['a NUL', () => post('card_name=a%00'), 400],
    ['a card number in an unknown field', () => post(form({ ...good, extra: CARD })), 400],
    ['a form of another site', () => post(form(good), { 'sec-fetch-site': 'cross-site' }), 403],
  ] as const;
  for (const [what, send, status] of refused) {
    test(`${what}: ${status}, and nothing is stored`, async () => {
      const before = await countRows();
      const response = await send();
      expect(response.status).toBe(status);
      expect(await response.text()).not.toMatch(new RegExp(`${CANARY}|${CARD}`));
      expect(await countRows()).toBe(before);
    });
  }

  test('a card number in another field is a problem of that field, and is not shown again', async () => {
    // One that the page does not suggest to whoever tries it out.
    const card = '4012888888881881';
    const response = await post(form({ ...good, card_name: card }));
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain('card_name');
    expect(html).not.toContain(card);
  });

  test('a session that is not there is a page that says so, whatever was posted', async () => {
    const response = await post(form(good), {}, `/setup/cs_${CANARY}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  test('a card number as the address of a session is not repeated', async () => {
    const response = await fetch(`${onfile.vaultUrl}/setup/${CARD}`);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain(CARD);
  });

  const tokens = ['', CANARY, `${'0'.repeat(32)}t${'0'.repeat(32)}${'a'.repeat(43)}`];
  for (const token of tokens) {
    test(`a state token ${JSON.stringify(token.slice(0, 12))} that nobody gave out is a page without detail`, async () => {
      const response = await fetch(`${onfile.vaultUrl}/authentication/return?${new URLSearchParams({ state: token })}`);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(await response.text()).not.toContain(CANARY);
    });
  }
});

describe('pages of other origins', () => {
  test('may ask and confirm a flow with the public key, and nothing else', async () => {
    const preflight = (path: string) =>
      fetch(onfile.vaultUrl + path, {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
      });
    const open = await preflight(`/v2/setup_flows/${flowId}/confirm`);
    expect(open.status).toBe(204);
    expect(open.headers.get('access-control-allow-origin')).toBe('*');
    expect(open.headers.get('access-control-allow-methods')).toBe('POST');
    expect(open.headers.has('access-control-allow-credentials')).toBe(false);
    const closed = await fetch(`${onfile.apiUrl}/v2/customers`, { method: 'OPTIONS' });
    expect(closed.status).toBe(204);
    expect(closed.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('after all of it', () => {
  test('neither the canary nor a card number is in the database or in a log', async () => {
    expect(await isStoredAnywhere(CANARY)).toBe(false);
    expect(await isStoredAnywhere(CARD)).toBe(false);
    expect(onfile.logs.join('\n')).not.toMatch(new RegExp(`${CANARY}|${CARD}|\\[masked\\]`));
  });

  test('nothing was answered with a 5xx', async () => {
    const statuses = onfile.logs.map((line) => JSON.parse(line)).filter(({ event }) => event === 'request.ended');
    expect(statuses.length).toBeGreaterThan(50);
    expect(statuses.filter(({ status }) => status >= 500)).toEqual([]);
  });

  test('a database that is gone is 503 with Retry-After, and the process says that it is not ready', async () => {
    await onfile.stopDatabase();
    const response = await call('GET', '/v2/customers');
    expect(response.headers.get('retry-after')).toBe('1');
    await expectRefused(response, { status: 503, code: 'storage_unavailable' });
    expect((await fetch(`${onfile.apiUrl}/readyz`)).status).toBe(503);
    expect((await fetch(`${onfile.apiUrl}/healthz`)).status).toBe(200);
    const page = await fetch(onfile.vaultUrl + sessionPath);
    expect([page.status, page.headers.has('retry-after')]).toEqual([503, true]);
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };
const JSON_HEADER = 'Content-Type: application/json\r\n';

function typed(type: string): Record<string, string> {
  return { 'content-type': type };
}

function authorized(): Record<string, string> {
  return { authorization: `Bearer ${onfile.secretKey}` };
}

function expectRaw(answer: RawAnswer, expected: Expected): void {
  expectProblem(
    { status: answer.status, contentType: answer.headers['content-type'] ?? null, text: answer.body },
    expected,
  );
}
