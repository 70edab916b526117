import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardBody, type Json, startToastServer, type ToastServer } from './toast-server.js';

let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer();
});
afterAll(() => toast?.onfile.stop());

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OFF_SESSION = { usage: 'OFF_SESSION', standingInstructionType: 'UNSCHEDULED' };

describe('creating a payment method', () => {
  test('answers 200 and what may be known of the card', async () => {
    const { status, body } = await toast.enterCard(await toast.newIntent());
    expect([status, body]).toEqual([
      200,
      {
        id: expect.stringMatching(UUID),
        type: 'CARD',
        usage: 'ON_SESSION',
        card: {
          firstSix: '424242',
          lastFour: '4242',
          expiry: { month: '12', year: '39' },
          brand: 'VISA',
          type: 'VISA',
          fingerprint: expect.stringMatching(UUID),
          funding: 'UNKNOWN',
        },
      },
    ]);
  });

  for (const [number, brand] of [
    ['4111111111111111', 'VISA'],
    ['5555555555554444', 'MASTERCARD'],
    ['378282246310005', 'AMEX'],
    ['6011111111111117', 'DISCOVER'],
    ['3530111333300000', 'UNKNOWN'],
  ] as const) {
    test(`a card that begins with ${number.slice(0, 4)} is ${brand}`, async () => {
      const { body } = await toast.enterCard(await toast.newIntent(), { number });
      expect([body.card.brand, body.card.type]).toEqual([brand, brand]);
    });
  }

  test('the same number has one fingerprint, another number another', async () => {
    const enter = async (number: string) =>
      (await toast.enterCard(await toast.newIntent(), { number })).body.card.fingerprint;
    const first = await enter('4242424242424242');
    expect(await enter('4242424242424242')).toBe(first);
    expect(await enter('5555555555554444')).not.toBe(first);
  });

  // biome-ignore format: a table, a line for each case
  const usages = [
    // of the intent, its customer, of the card     status
    ['ON_SESSION',  true,  'ON_SESSION',         200],
    ['ON_SESSION',  true,  null,                 200],
    ['ON_SESSION',  true,  'OFF_SESSION',        400],
    ['ON_SESSION',  true,  'ON_AND_OFF_SESSION', 400],
    ['OFF_SESSION', true,  'OFF_SESSION',        200],
    ['OFF_SESSION', true,  null,                 200],
    ['OFF_SESSION', true,  'ON_AND_OFF_SESSION', 200],
    ['OFF_SESSION', true,  'ON_SESSION',         400],
    ['OFF_SESSION', false, 'OFF_SESSION',        200],
    ['OFF_SESSION', false, 'ON_AND_OFF_SESSION', 400],
    ['OFF_SESSION', false, 'ON_SESSION',         400],
  ] as const;
  for (const [usage, hasCustomer, cardUsage, status] of usages) {
    test(`for ${cardUsage}, where the intent is ${usage} ${hasCustomer ? 'with' : 'without'} a customer, is ${status}`, async () => {
      const intent = await toast.newIntent({
        ...(hasCustomer && { customerId: await toast.newCustomer() }),
        ...(usage === 'OFF_SESSION' ? OFF_SESSION : { usage }),
      });
      const answer = await toast.enterCard(intent, { usage: cardUsage });
      expect([answer.status, answer.body.fieldName ?? null]).toEqual([status, status === 200 ? null : 'usage']);
    });
  }

  const { card } = cardBody();
  // biome-ignore format: a table, a line for each case
  const wrong: readonly [what: string, body: Json, field: string][] = [
    ['a wrong check digit',      { card: { ...card, number: '4242424242424241' } },               'card.number'],
    ['no number',                { card: { cvv: '123', expiry: card.expiry } },                   'card.number'],
    ['a number that is a number', { card: { ...card, number: 42 } },                              'card.number'],
    ['a security code of four',  { card: { ...card, cvv: '1234' } },                              'card.cvv'],
    ['no security code',         { card: { number: card.number, expiry: card.expiry } },          'card.cvv'],
    ['a past expiry',            { card: { ...card, expiry: { month: '01', year: '20' } } },      'card.expiry'],
    ['the thirteenth month',     { card: { ...card, expiry: { month: '13', year: '39' } } },      'card.expiry.month'],
    ['a year of three digits',   { card: { ...card, expiry: { month: '12', year: '039' } } },     'card.expiry.year'],
    ['no year',                  { card: { ...card, expiry: { month: '12' } } },                  'card.expiry.year'],
    ['another type',             { type: 'CASH' },                                                'type'],
    ['a card that is present',   { type: 'CARD_PRESENT' },                                        'type'],
    ['no card',                  { card: undefined },                                             'card'],
    ['an unknown usage',         { usage: 'ALWAYS' },                                             'usage'],
    ['a strange postal code',    { billingDetails: { postalCode: 'not one' } },                   'billingDetails.postalCode'],
  ];
  for (const [what, body, field] of wrong) {
    test(`with ${what} is 400 and names ${field}`, async () => {
      const intent = await toast.newIntent();
      const answer = await toast.enterCard(intent, { body: { ...cardBody(), ...body } });
      expect([answer.status, answer.body.fieldName]).toEqual([400, field]);
      expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(intent);
    });
  }

  for (const postalCode of ['02118', '02118-1234', 'K1A 0B1', null]) {
    test(`with the postal code ${postalCode} it is taken`, async () => {
      const body = { ...cardBody(), billingDetails: { postalCode } };
      expect((await toast.enterCard(await toast.newIntent(), { body })).status).toBe(200);
    });
  }

  test('tells every wrong field, each once', async () => {
    const body = { type: 'CARD', card: { cvv: '123', expiry: { month: '0', year: 'x' } } };
    const answer = await toast.enterCard(await toast.newIntent(), { body });
    expect([answer.status, answer.body.fieldName]).toEqual([400, null]);
    expect(answer.body.errors.map((error: Json) => error.fieldName).sort()).toEqual([
      'card.expiry.month',
      'card.expiry.year',
      'card.number',
    ]);
  });

  test('sent again under its key is answered as before; another request under it is 409', async () => {
    const [intent, other] = [await toast.newIntent(), await toast.newIntent()];
    const headers = { 'Toast-Idempotency-Key': randomUUID() };
    const first = await toast.enterCard(intent, { ask: { headers } });
    const again = await toast.enterCard(intent, { ask: { headers } });
    expect([again.status, again.body]).toEqual([200, first.body]);
    for (const answer of [
      await toast.enterCard(intent, { ask: { headers }, number: '5555555555554444' }),
      await toast.enterCard(other, { ask: { headers } }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, 40903]);
    }
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.paymentMethodId).toBe(first.body.id);
  });

  test('is found by its id once it is saved, and not before', async () => {
    const intent = await toast.newIntent();
    const { body: entered } = await toast.enterCard(intent);
    expect((await toast.ask(`GET /v1/payment-methods/${entered.id}`)).status).toBe(404);
    await toast.confirm(intent);
    const found = await toast.ask(`GET /v1/payment-methods/${entered.id}`);
    expect([found.status, found.body]).toEqual([200, entered]);
  });
});

describe('customers', () => {
  test('are made once for each external reference, whoever asks at once', async () => {
    const body = { externalReferenceId: `guest@example.com ${randomUUID()}`, description: 'A guest' };
    const create = (description: string) =>
      toast.ask('POST /v1/customers', { headers: toast.location, body: { ...body, description } });
    const answers = await Promise.all(Array.from({ length: 16 }, () => create('A guest')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const [first] = answers;
    expect(first?.body).toEqual({ id: expect.stringMatching(UUID), ...body });
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
    expect((await create('Renamed')).body).toEqual(first?.body);
  });

  test('have their saved cards listed, newest first', async () => {
    const customerId = await toast.newCustomer();
    const saved: string[] = [];
    for (const number of ['4242424242424242', '378282246310005']) {
      const intent = await toast.newIntent({ customerId });
      await toast.enterCard(intent, { number });
      saved.unshift((await toast.confirm(intent)).body.paymentMethodId);
    }
    const { status, body } = await toast.ask(`GET /v1/customers/${customerId}/payment-methods`, {
      headers: toast.location,
    });
    const expiry = { month: '12', year: '39' };
    const shape = (id: string | undefined, type: string, lastFour: string) => ({
      id,
      type: 'CARD',
      cardType: type,
      lastFour,
      ...expiry,
      card: { lastFour, expiry, type },
    });
    expect([status, body]).toEqual([
      200,
      { results: 2, paymentMethods: [shape(saved[0], 'AMEX', '0005'), shape(saved[1], 'VISA', '4242')] },
    ]);
  });

  test('are listed to a page only within its own session', async () => {
    const [intent, other] = [await toast.newIntent(), await toast.newIntent()];
    const list = (customerId: string, secret: string | null) =>
      toast.ask(`GET /v1/customers/${customerId}/payment-methods`, {
        token: toast.tokens.iframe,
        headers: { ...toast.location, ...(secret !== null && { 'Toast-Session-Secret': secret }) },
      });
    expect((await list(intent.customerId, intent.sessionSecret)).status).toBe(200);
    for (const secret of [null, other.sessionSecret, 'nonsense']) {
      const answer = await list(intent.customerId, secret);
      expect([answer.status, answer.body.code]).toEqual([403, 40303]);
    }
  });

  for (const [what, body, field] of [
    ['no reference', { description: 'x' }, 'externalReferenceId'],
    ['no description', { externalReferenceId: 'x' }, 'description'],
    ['an empty reference', { externalReferenceId: '', description: 'x' }, 'externalReferenceId'],
    ['a description of 256 characters', { externalReferenceId: 'x', description: 'x'.repeat(256) }, 'description'],
  ] as const) {
    test(`with ${what} are 400`, async () => {
      const answer = await toast.ask('POST /v1/customers', { headers: toast.location, body });
      expect([answer.status, answer.body.fieldName]).toEqual([400, field]);
    });
  }

  test('that are not there have no list', async () => {
    const answer = await toast.ask(`GET /v1/customers/${randomUUID()}/payment-methods`, { headers: toast.location });
    expect([answer.status, answer.body.code]).toEqual([404, 40401]);
  });
});

interface Saved {
  readonly id: string;
  readonly customerId: string | null;
  readonly mandateId: string | null;
}

async function saveCard(intentBody: object, usage: string): Promise<Saved> {
  const intent = await toast.newIntent(intentBody);
  await toast.enterCard(intent, { usage });
  const { body } = await toast.confirm(intent);
  return { id: body.paymentMethodId, customerId: body.customerId, mandateId: body.mandateId };
}

function detach({ id, customerId }: Saved, body: object = customerId === null ? {} : { customerId }) {
  return toast.ask(`POST /v1/payment-methods/${id}/detach`, { headers: toast.location, body });
}

async function listedOf({ customerId }: Saved): Promise<number> {
  return (await toast.ask(`GET /v1/customers/${customerId}/payment-methods`, { headers: toast.location })).body.results;
}

const DETACHED = { type: 'CARD', card: { lastFour: '4242', expiry: { month: '12', year: '39' }, type: 'VISA' } };

describe('detaching', () => {
  test('a card without a mandate deletes it for good', async () => {
    const saved = await saveCard({ customerId: await toast.newCustomer() }, 'ON_SESSION');
    expect(await listedOf(saved)).toBe(1);
    const detached = await detach(saved);
    expect([detached.status, detached.body]).toEqual([200, { id: saved.id, ...DETACHED }]);
    expect(await listedOf(saved)).toBe(0);
    expect((await toast.ask(`GET /v1/payment-methods/${saved.id}`)).status).toBe(404);
    expect((await toast.ask(`GET /v1/payment-methods/${saved.id}/mandates`)).status).toBe(404);
    expect((await detach(saved)).status).toBe(404);
  });

  test('a card with an active mandate keeps it for that mandate, until it is revoked', async () => {
    const customerId = await toast.newCustomer();
    const saved = await saveCard({ customerId, ...OFF_SESSION }, 'ON_AND_OFF_SESSION');
    expect(await listedOf(saved)).toBe(1);
    for (let times = 0; times < 2; times += 1) {
      const detached = await detach(saved);
      expect([detached.status, detached.body]).toEqual([200, { id: saved.id, ...DETACHED }]);
      expect(await listedOf(saved)).toBe(0);
      expect((await toast.ask(`GET /v1/payment-methods/${saved.id}`)).body.usage).toBe('OFF_SESSION');
    }
    expect((await toast.ask(`GET /v1/mandates/${saved.mandateId}`)).body.status).toBe('ACTIVE');

    expect((await toast.ask(`DELETE /v1/mandates/${saved.mandateId}`)).status).toBe(204);
    expect((await detach(saved)).status).toBe(200);
    expect((await toast.ask(`GET /v1/payment-methods/${saved.id}`)).status).toBe(404);
  });

  test('a card on file follows the same rule, without naming a customer', async () => {
    const saved = await saveCard(OFF_SESSION, 'OFF_SESSION');
    expect(saved.customerId).toBeNull();
    expect((await detach(saved)).status).toBe(200);
    expect((await toast.ask(`GET /v1/payment-methods/${saved.id}`)).status).toBe(200);
    await toast.ask(`DELETE /v1/mandates/${saved.mandateId}`);
    expect((await detach(saved, { customerId: null })).status).toBe(200);
    expect((await toast.ask(`GET /v1/payment-methods/${saved.id}`)).status).toBe(404);
  });

  test('needs the right customer', async () => {
    const saved = await saveCard({ customerId: await toast.newCustomer() }, 'ON_SESSION');
    const unnamed = await detach(saved, {});
    expect([unnamed.status, unnamed.body.fieldName]).toEqual([400, 'customerId']);
    expect((await detach(saved, { customerId: await toast.newCustomer() })).status).toBe(404);
    expect((await detach({ ...saved, id: randomUUID() })).status).toBe(404);
    expect(await listedOf(saved)).toBe(1);
  });

  test('a card that was entered and not confirmed finds nothing', async () => {
    const intent = await toast.newIntent();
    const { id } = (await toast.enterCard(intent)).body;
    expect((await detach({ id, customerId: intent.customerId, mandateId: null })).status).toBe(404);
  });
});

describe('a mandate', () => {
  test('is revoked once and for all, and the setup intent still names it', async () => {
    const intent = await toast.newIntent(OFF_SESSION);
    await toast.enterCard(intent, { usage: 'OFF_SESSION' });
    const { mandateId } = (await toast.confirm(intent)).body;
    const { body: active } = await toast.ask(`GET /v1/mandates/${mandateId}`);
    for (let times = 0; times < 2; times += 1) {
      const revoked = await toast.ask(`DELETE /v1/mandates/${mandateId}`);
      expect([revoked.status, revoked.body]).toEqual([204, undefined]);
      expect((await toast.ask(`GET /v1/mandates/${mandateId}`)).body).toEqual({ ...active, status: 'INACTIVE' });
    }
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.mandateId).toBe(mandateId);
  });

  // biome-ignore format: a table, a line for each case
  const missing = [
    ['GET /v1/mandates/no-uuid',                        400],
    ['DELETE /v1/mandates/no-uuid',                     400],
    ['GET /v1/payment-methods/no-uuid/mandates',        400],
    [`GET /v1/mandates/${randomUUID()}`,                404],
    [`DELETE /v1/mandates/${randomUUID()}`,             404],
    [`GET /v1/payment-methods/${randomUUID()}/mandates`, 404],
  ] as const;
  for (const [target, status] of missing) {
    test(`${target} is ${status}`, async () => {
      expect((await toast.ask(target)).status).toBe(status);
    });
  }
});
