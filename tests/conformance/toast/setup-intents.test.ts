import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startToastServer, type ToastServer } from './toast-server.js';

let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer();
});
afterAll(() => toast?.onfile.stop());

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const OFF_SESSION = { usage: 'OFF_SESSION', standingInstructionType: 'UNSCHEDULED' };

describe('creating a setup intent', () => {
  test('answers 201 and every field of a setup intent', async () => {
    const customerId = await toast.newCustomer();
    const body = { customerId, usage: 'ON_SESSION', externalReferenceId: 'order 7' };
    const { status, body: intent } = await toast.ask('POST /v1/setup-intents', { body });
    expect(status).toBe(201);
    expect(intent).toEqual({
      id: expect.stringMatching(UUID),
      externalReferenceId: 'order 7',
      customerId,
      sessionSecret: expect.stringMatching(/^SI_[0-9a-f]{32}_SECRET_[A-Za-z0-9]{43}$/),
      paymentMethodId: null,
      paymentMethodTypes: ['CARD'],
      status: 'REQUIRES_PAYMENT_METHOD',
      usage: 'ON_SESSION',
      creationDate: expect.stringMatching(TIME),
      standingInstructionType: null,
      mandateId: null,
    });
    expect(intent.sessionSecret).toContain(intent.id.replaceAll('-', ''));
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(intent);
  });

  // biome-ignore format: a table, a line for each case
  const cases = [
    // what is asked for                                                          customer   status   usage or wrong field
    [{},                                                                          true,      201,     'ON_SESSION'],
    [{ usage: 'ON_SESSION' },                                                     true,      201,     'ON_SESSION'],
    [{ usage: 'ON_SESSION', standingInstructionType: null },                      true,      201,     'ON_SESSION'],
    [{ usage: 'OFF_SESSION', standingInstructionType: 'RECURRING' },              true,      201,     'OFF_SESSION'],
    [{ usage: 'OFF_SESSION', standingInstructionType: 'INSTALLMENT' },            false,     201,     'OFF_SESSION'],
    [{ standingInstructionType: 'UNSCHEDULED' },                                  false,     201,     'OFF_SESSION'],
    [{ ignored: 'field', usage: 'ON_SESSION' },                                   true,      201,     'ON_SESSION'],
    [{ usage: 'ON_SESSION' },                                                     false,     400,     'customerId'],
    [{},                                                                          false,     400,     'customerId'],
    [{ usage: 'OFF_SESSION' },                                                    true,      400,     'standingInstructionType'],
    [{ usage: 'ON_SESSION', standingInstructionType: 'RECURRING' },               true,      400,     'standingInstructionType'],
    [{ usage: 'SOMETIMES' },                                                      true,      400,     'usage'],
    [{ usage: 'OFF_SESSION', standingInstructionType: 'NEVER' },                  true,      400,     'standingInstructionType'],
    [{ externalReferenceId: '' },                                                 true,      400,     'externalReferenceId'],
    [{ externalReferenceId: 'x'.repeat(256) },                                    true,      400,     'externalReferenceId'],
    [{ externalReferenceId: 7 },                                                  true,      400,     'externalReferenceId'],
    [{ customerId: 'no uuid' },                                                   false,     400,     'customerId'],
  ] as const;
  for (const [asked, hasCustomer, status, told] of cases) {
    test(`${JSON.stringify(asked).slice(0, 70)} ${hasCustomer ? 'with' : 'without'} a customer is ${status}: ${told}`, async () => {
      const body = { ...(hasCustomer && { customerId: await toast.newCustomer() }), ...asked };
      const answer = await toast.ask('POST /v1/setup-intents', { body });
      expect(answer.status).toBe(status);
      expect(status === 201 ? answer.body.usage : answer.body.fieldName).toBe(told);
    });
  }

  test('for a customer who is not there is 400 and names the field', async () => {
    for (const target of ['POST /v1/setup-intents', `POST /v1/setup-intents/${(await toast.newIntent()).id}`]) {
      const { status, body } = await toast.ask(target, { body: { customerId: randomUUID() } });
      expect([status, body.code, body.fieldName]).toEqual([400, 40003, 'customerId']);
    }
  });
});

describe('updating a setup intent', () => {
  test('moves it to another customer and keeps what identifies it', async () => {
    const intent = await toast.newIntent();
    const customerId = await toast.newCustomer();
    const body = { customerId, sessionSecret: intent.sessionSecret };
    const updated = await toast.ask(`POST /v1/setup-intents/${intent.id}`, { body });
    expect([updated.status, updated.body]).toEqual([200, { ...intent, customerId }]);
  });

  test('changes what it is for, there and back, and what belongs to that', async () => {
    const intent = await toast.newIntent();
    const update = async (body: object) => (await toast.ask(`POST /v1/setup-intents/${intent.id}`, { body })).body;
    expect(await update({ usage: 'OFF_SESSION' })).toMatchObject({ status: 400, fieldName: 'standingInstructionType' });
    expect(await update(OFF_SESSION)).toEqual({ ...intent, ...OFF_SESSION });
    expect(await update({ customerId: null })).toEqual({ ...intent, ...OFF_SESSION, customerId: null });
    expect(await update({ usage: 'ON_SESSION' })).toMatchObject({ status: 400, fieldName: 'customerId' });
    expect(await update({ usage: 'ON_SESSION', customerId: intent.customerId })).toEqual(intent);
    expect(await update({ customerId: null })).toMatchObject({ status: 400, fieldName: 'customerId' });
    expect(await update({})).toEqual(intent);
  });

  test('with a session secret of another intent is 403 and changes nothing', async () => {
    const [intent, other] = [await toast.newIntent(), await toast.newIntent()];
    const body = { ...OFF_SESSION, sessionSecret: other.sessionSecret };
    const answer = await toast.ask(`POST /v1/setup-intents/${intent.id}`, { body });
    expect([answer.status, answer.body.code]).toEqual([403, 40303]);
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(intent);
  });

  test('keeps the entered card, unless the customer or the usage changes', async () => {
    const intent = await toast.newIntent();
    const { id: paymentMethodId } = (await toast.enterCard(intent)).body;
    const update = (body: object) => toast.ask(`POST /v1/setup-intents/${intent.id}`, { body });
    expect((await update({ customerId: intent.customerId })).body).toEqual({ ...intent, paymentMethodId });
    expect((await update({ customerId: await toast.newCustomer() })).body.paymentMethodId).toBeNull();
    const refused = await toast.confirm(intent);
    expect([refused.status, refused.body.code, refused.body.fieldName]).toEqual([400, 40005, 'paymentMethodId']);

    await toast.enterCard(intent);
    expect((await update(OFF_SESSION)).body.paymentMethodId).toBeNull();
  });

  describe('of an intent that has succeeded', () => {
    // biome-ignore format: a table, a line for each case
    const updates: readonly [what: string, body: () => object, status: number, code: number][] = [
      ['without changes is',               () => ({}),                                            409, 40901],
      ['to what would not fit together is', () => ({ usage: 'OFF_SESSION' }),                     409, 40901],
      ['to an unknown customer is',        () => ({ customerId: randomUUID() }),                  409, 40901],
      ['with a malformed field is',        () => ({ usage: 'SOMETIMES' }),                        400, 40002],
      ['with a wrong secret is',           () => ({ usage: 'OFF_SESSION', sessionSecret: 'SI_x' }), 403, 40303],
    ];
    for (const [what, body, status, code] of updates) {
      test(`${what} ${status} with code ${code}`, async () => {
        const intent = await toast.newIntent();
        await toast.enterCard(intent);
        const { body: confirmed } = await toast.confirm(intent);
        const target = `POST /v1/setup-intents/${intent.id}`;
        const answer = await toast.ask(target, { body: body() });
        expect([answer.status, answer.body.code]).toEqual([status, code]);
        expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(confirmed);
      });
    }
  });
});

describe('confirming a setup intent', () => {
  test('saves the card to the customer, once, whoever confirms again', async () => {
    const intent = await toast.newIntent();
    const { id: paymentMethodId } = (await toast.enterCard(intent)).body;
    const waiting = { ...intent, paymentMethodId };
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(waiting);

    const confirmed = await toast.confirm(intent, { paymentMethodId });
    expect([confirmed.status, confirmed.body]).toEqual([200, { ...waiting, status: 'SUCCEEDED' }]);
    for (const body of [{}, { paymentMethodId }]) {
      const again = await toast.confirm(intent, body);
      expect([again.status, again.body]).toEqual([200, confirmed.body]);
    }
    const other = await toast.confirm(intent, { paymentMethodId: randomUUID() });
    expect([other.status, other.body.code]).toEqual([409, 40901]);
    expect((await toast.enterCard(intent)).status).toBe(409);
    expect((await toast.ask(`POST /v1/setup-intents/${intent.id}`, { body: {} })).status).toBe(409);
  });

  test('may be done from the page, with the iframe token and the session secret', async () => {
    const intent = await toast.newIntent();
    await toast.enterCard(intent);
    for (const at of ['api', 'vault'] as const) {
      const answer = await toast.ask(`POST /v1/setup-intents/${intent.id}/confirm`, {
        at,
        token: toast.tokens.iframe,
        body: { sessionSecret: intent.sessionSecret },
      });
      expect([answer.status, answer.body.status]).toEqual([200, 'SUCCEEDED']);
    }
  });

  // biome-ignore format: a table, a line for each case
  const mandated = [
    // usage of the intent, its customer, usage of the card     mandate, listed among the customer's cards
    ['ON_SESSION',  true,  'ON_SESSION',         false, true],
    ['OFF_SESSION', true,  'OFF_SESSION',        true,  false],
    ['OFF_SESSION', true,  undefined,            true,  false],
    ['OFF_SESSION', true,  'ON_AND_OFF_SESSION', true,  true],
    ['OFF_SESSION', false, 'OFF_SESSION',        true,  false],
  ] as const;
  for (const [usage, hasCustomer, cardUsage, hasMandate, isListed] of mandated) {
    test(`${usage} ${hasCustomer ? 'with' : 'without'} a customer, a card for ${cardUsage}: ${hasMandate ? 'a' : 'no'} mandate, ${isListed ? '' : 'not '}listed`, async () => {
      const customerId = await toast.newCustomer();
      const standingInstructionType = usage === 'OFF_SESSION' ? 'RECURRING' : null;
      const intent = await toast.newIntent({ usage, standingInstructionType, ...(hasCustomer && { customerId }) });
      const { body: card } = await toast.enterCard(intent, { usage: cardUsage ?? null });
      const { body: confirmed } = await toast.confirm(intent);
      expect(confirmed).toMatchObject({ status: 'SUCCEEDED', paymentMethodId: card.id, standingInstructionType });
      expect(confirmed.mandateId !== null).toBe(hasMandate);

      const mandates = await toast.ask(`GET /v1/payment-methods/${card.id}/mandates`);
      const mandate = {
        id: confirmed.mandateId,
        customerId: hasCustomer ? customerId : null,
        paymentMethodId: card.id,
        originalTransactionId: expect.stringMatching(UUID),
        standingInstructionType: 'RECURRING',
        status: 'ACTIVE',
        createdAt: expect.stringMatching(TIME),
        externalReferenceId: null,
      };
      expect([mandates.status, mandates.body]).toEqual([200, hasMandate ? [mandate] : []]);
      const listed = await toast.ask(`GET /v1/customers/${customerId}/payment-methods`, { headers: toast.location });
      expect([listed.status, listed.body.results]).toEqual([200, isListed ? 1 : 0]);
    });
  }

  test('without a card is 400, and leaves the intent as it is', async () => {
    const intent = await toast.newIntent();
    const answer = await toast.confirm(intent);
    expect([answer.status, answer.body.code]).toEqual([400, 40005]);
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(intent);
  });

  test('with a card that the customer did not want remembered is 400, and another may be entered', async () => {
    const intent = await toast.newIntent();
    await toast.enterCard(intent, { usage: null });
    const refused = await toast.confirm(intent);
    expect([refused.status, refused.body.code, refused.body.fieldName]).toEqual([400, 40006, 'usage']);
    await toast.enterCard(intent);
    expect((await toast.confirm(intent)).body.status).toBe('SUCCEEDED');
  });

  test('with a card that was entered for another intent, or before another, is 409', async () => {
    const [intent, other] = [await toast.newIntent(), await toast.newIntent()];
    const replaced = (await toast.enterCard(intent)).body.id;
    const theirs = (await toast.enterCard(other)).body.id;
    const latest = (await toast.enterCard(intent, { number: '5555555555554444' })).body.id;
    for (const paymentMethodId of [replaced, theirs, randomUUID()]) {
      const answer = await toast.confirm(intent, { paymentMethodId });
      expect([answer.status, answer.body.code]).toEqual([409, 40902]);
    }
    expect((await toast.confirm(intent)).body.paymentMethodId).toBe(latest);
  });

  test('a declined card is 400 and can be retried with another; the declined one is gone', async () => {
    const intent = await toast.newIntent();
    await toast.enterCard(intent, { number: '4000000000000002' });
    const declined = await toast.confirm(intent);
    expect([declined.status, declined.body]).toEqual([
      400,
      expect.objectContaining({ status: 400, code: 40004, canRetry: true, fieldName: null, errors: [] }),
    ]);
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(intent);
    await toast.enterCard(intent);
    expect((await toast.confirm(intent)).body.status).toBe('SUCCEEDED');
  });

  test('a page is not told why a card was declined, the server is', async () => {
    const tell = async (token: string) => {
      const intent = await toast.newIntent();
      await toast.enterCard(intent, { number: '4000000000000069' });
      const body = { sessionSecret: intent.sessionSecret };
      return (await toast.ask(`POST /v1/setup-intents/${intent.id}/confirm`, { token, body })).body.developerMessage;
    };
    expect(await tell(toast.tokens.iframe)).toBeNull();
    expect(await tell(toast.tokens.payment)).toBe('expired_card');
  });

  test('ten attempts may begin; then it is 429 until the intent ends, with another card too', async () => {
    const intent = await toast.newIntent();
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await toast.enterCard(intent, { number: '4000000000000002' });
      expect((await toast.confirm(intent)).body.code).toBe(40004);
    }
    await toast.enterCard(intent);
    const eleventh = await toast.confirm(intent);
    expect([eleventh.status, eleventh.body.code]).toEqual([429, 42902]);
    const waitsUntil = Date.now() + Number(eleventh.headers.get('retry-after')) * 1_000;
    expect(Math.abs(waitsUntil - Date.parse(intent.creationDate) - 30 * 60_000)).toBeLessThan(5_000);
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.status).toBe('REQUIRES_PAYMENT_METHOD');
  });

  test('an intent is not listed, canceled or deleted', async () => {
    const { id } = await toast.newIntent();
    expect((await toast.ask('GET /v1/setup-intents')).status).toBe(405);
    expect((await toast.ask(`DELETE /v1/setup-intents/${id}`)).status).toBe(405);
    expect((await toast.ask(`POST /v1/setup-intents/${id}/cancel`)).status).toBe(404);
  });
});
