import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aVerification, TestClient } from '../testing/client.js';
import { TEST_CARDS } from './test-cards.js';

let client: TestClient;
beforeAll(async () => {
  client = await TestClient.start();
});
afterAll(() => client.stop());

describe('test cards', () => {
  for (const { number, brand, country, registration, checks } of TEST_CARDS) {
    test(`${number} is ${registration}`, async () => {
      const { status, body } = await client.verify(aVerification({ number }));
      if (registration === 'approved') {
        expect(status).toBe(200);
        expect(body).toMatchObject({ status: 'approved', card: { brand, country }, checks, authenticated: false });
        expect(body.network_transaction_id).toMatch(/^\d{15}$/);
      } else {
        expect(status).toBe(402);
        expect(body).toMatchObject({ status: 'declined', code: registration });
        expect(body).not.toHaveProperty('network_transaction_id');
      }
    });
  }

  const other = [
    // why                                 card                                          code
    ['a number that nobody issued', { number: '4111111111111111' }, 'card_declined'],
    ['an expiry that is past', { year: '2020' }, 'expired_card'],
  ] as const;
  for (const [why, card, code] of other) {
    test(`${why} is declined with ${code}`, async () => {
      expect(await client.verify(aVerification(card))).toMatchObject({ status: 402, body: { code } });
    });
  }

  test('a card without a code is approved, and the check says that there was none', async () => {
    expect((await client.verify(aVerification({ cvc: '' }))).body.checks.cvc).toBe('not_provided');
  });

  const authentications = [
    ['required', 'authentication_required'],
    ['if_needed', 'authentication_required'],
    ['none', 'approved'],
  ] as const;
  for (const [authentication, status] of authentications) {
    test(`a good card with authentication ${authentication} is ${status}, a bad one is declined at once`, async () => {
      expect((await client.verify(aVerification({ authentication }))).body.status).toBe(status);
      const declined = aVerification({ authentication, number: '4000000000000002' });
      expect((await client.verify(declined)).body.status).toBe('declined');
    });
  }
});

describe('idempotency', () => {
  test('the same key with another body is a conflict and verifies nothing', async () => {
    const first = aVerification();
    await client.verify(first, 'key-1');
    const second = aVerification();
    expect(await client.verify(second, 'key-1')).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_conflict' } },
    });
    expect((await client.lookUp(second.reference)).status).toBe(404);
  });

  test('another card under the same key is a conflict, though all else is equal', async () => {
    const body = aVerification();
    await client.verify(body, 'key-2');
    const other = { ...body, card: { ...body.card, number: '4012888888881881' } };
    expect((await client.verify(other, 'key-2')).status).toBe(409);
  });

  test('another key under the same reference is a second verification, and the ledger shows both', async () => {
    const body = aVerification();
    await client.verify(body);
    await client.verify(body);
    expect(await client.ledger({ reference: body.reference })).toMatchObject({ total: 2 });
  });
});

describe('bad requests are refused before anything is processed, and nothing of them is repeated', () => {
  const good = aVerification();
  const bodies: [what: string, body: object, parameter: string][] = [
    ['an amount', { ...good, amount: 1 }, 'amount'],
    ['an amount in words', { ...good, amount: '0' }, 'amount'],
    ['no reference', { ...good, reference: undefined }, 'reference'],
    ['a reference with a space', { ...good, reference: 'a b' }, 'reference'],
    ['a number with spaces', aVerification({ number: '4242 4242 4242 4242' }), 'card.number'],
    ['no card', { ...good, card: null }, 'card'],
    ['month 13', { ...good, card: { ...good.card, exp_month: '13' } }, 'card.exp_month'],
    ['a code in words', aVerification({ cvc: 'abc' }), 'card.cvc'],
    ['another currency format', { ...good, currency: 'JPY' }, 'currency'],
    ['an unknown wish for authentication', { ...good, authentication: 'maybe' }, 'authentication'],
    ['a script as the way back', { ...good, return_url: 'javascript:alert(1)' }, 'return_url'],
    ['a way back without a host', { ...good, return_url: '/return' }, 'return_url'],
    ['a name that is not text', { ...good, cardholder: { name: 4 } }, 'cardholder.name'],
    ['an array', [], 'body'],
  ];
  for (const [what, body, parameter] of bodies) {
    test(`${what} is refused naming ${parameter}`, async () => {
      const answer = await client.verify(body);
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', parameter } } });
      expect(JSON.stringify(answer.body)).not.toContain('4242');
    });
  }

  const raw: [
    what: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string>,
    status: number,
    code: string,
  ][] = [
    ['broken JSON', '{"card":', {}, 400, 'invalid_json'],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), {}, 400, 'invalid_text'],
    ['too much', 'x'.repeat(70_000), {}, 413, 'body_too_large'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_content'],
    ['no key', '{}', { 'idempotency-key': '' }, 400, 'idempotency_key_required'],
    ['no secret', '{}', { authorization: 'Bearer' }, 401, 'secret_missing'],
  ];
  for (const [what, body, headers, status, code] of raw) {
    test(`${what} gives ${status} ${code}`, async () => {
      const answer = await client.call('POST', '/v1/verifications', body, { 'idempotency-key': 'raw', ...headers });
      expect(answer).toMatchObject({ status, body: { error: { code } } });
    });
  }

  test('an unknown path and a wrong method are told apart', async () => {
    expect((await client.call('GET', '/v2')).status).toBe(404);
    expect((await client.call('GET', '/constructor')).status).toBe(404);
    expect((await client.call('DELETE', '/v1/verifications')).status).toBe(405);
  });
});

describe('void', () => {
  test('it undoes an approval and stays undone', async () => {
    const { reference } = (await client.verify(aVerification())).body;
    expect((await client.void(reference)).body).toMatchObject({ reference, status: 'voided' });
    expect((await client.void(reference)).body).toMatchObject({ reference, status: 'voided' });
    expect((await client.lookUp(reference)).body.status).toBe('voided');
    expect(await client.ledger({ reference, type: 'verification.voided' })).toMatchObject({ total: 1 });
  });

  test('a reference that was voided unused refuses the request that comes late', async () => {
    const body = aVerification();
    await client.void(body.reference);
    expect(await client.verify(body)).toMatchObject({ status: 409, body: { error: { code: 'reference_voided' } } });
    expect((await client.lookUp(body.reference)).body).toEqual({ reference: body.reference, status: 'voided' });
  });
});

describe('the script', () => {
  test('a step meets only the request that it matches, and only as often as it says', async () => {
    const [one, two] = [aVerification(), aVerification({ number: '5555555555554444' })];
    await client.script({ behaviour: 'decline', code: 'processing_error', match: { last4: '4444' }, times: 2 });
    expect((await client.verify(one)).body.status).toBe('approved');
    for (const status of ['declined', 'declined', 'approved']) {
      expect((await client.verify({ ...two, reference: `${two.reference}-${status}` })).body.status).toBe(status);
    }
    expect((await client.call('GET', '/control')).body.steps).toEqual([]);
  });

  test('a delayed verification happens although its caller has gone', async () => {
    const body = aVerification();
    await client.script({ behaviour: 'delay', ms: 60_000, match: { reference: body.reference } });
    const leaving = new AbortController();
    const asking = fetch(`${client.url}/v1/verifications`, {
      method: 'POST',
      headers: { authorization: 'Bearer any', 'content-type': 'application/json', 'idempotency-key': 'late' },
      body: JSON.stringify(body),
      signal: leaving.signal,
    });
    await expect.poll(async () => (await client.call('GET', '/control')).body.steps).toEqual([]);
    leaving.abort();
    await expect(asking).rejects.toThrow();
    expect((await client.lookUp(body.reference)).status).toBe(404);

    await client.call('DELETE', '/control');
    await expect.poll(async () => (await client.lookUp(body.reference)).status).toBe(200);
  });

  test('an answer that trickles is whole in the end', async () => {
    await client.script({ behaviour: 'trickle', ms: 8 });
    expect(await client.verify(aVerification())).toMatchObject({ status: 200, body: { status: 'approved' } });
  });

  test('a scripted approval or challenge overrides what was requested', async () => {
    await client.script({ behaviour: 'approve' });
    expect((await client.verify(aVerification({ authentication: 'required' }))).body.status).toBe('approved');
    await client.script({ behaviour: 'challenge' });
    expect((await client.verify(aVerification())).body.status).toBe('authentication_required');
  });

  test('an outage takes the processor away, not its ledger, and ends', async () => {
    await client.call('POST', '/control/outage', { on: true });
    expect((await client.verify(aVerification())).status).toBe(503);
    expect((await client.call('GET', '/v1/ledger')).status).toBe(200);
    await client.call('POST', '/control/outage', { on: true, how: 'close' });
    await expect(client.verify(aVerification())).rejects.toThrow();
    await client.call('POST', '/control/outage', { on: false });
    expect((await client.verify(aVerification())).status).toBe(200);
  });

  const wrong: [step: object, parameter: string][] = [
    [{ behaviour: 'explode' }, 'behaviour'],
    [{ behaviour: 'decline', operation: 'look_up' }, 'operation'],
    [{ behaviour: 'decline', code: 'because' }, 'code'],
    [{ behaviour: 'hang', ms: 10_000_000 }, 'ms'],
    [{ behaviour: 'hang', match: { last4: 4242 } }, 'match.last4'],
  ];
  for (const [step, parameter] of wrong) {
    test(`${JSON.stringify(step)} is refused naming ${parameter}`, async () => {
      expect(await client.script(step)).toMatchObject({ status: 400, body: { error: { parameter } } });
    });
  }

  test('it cannot be written from a web page: neither as a simple request nor under another host', async () => {
    const step = JSON.stringify({ behaviour: 'decline' });
    expect((await client.call('POST', '/control/next', step, { 'content-type': 'text/plain' })).status).toBe(415);
    const answer = await rawGet(client.url, '/control', 'rebound.example');
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

async function rawGet(url: string, path: string, host: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  return text;
}
