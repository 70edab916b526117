import { done, type PaymentMethodConfiguration } from '@onfile/core';
import { NOON, SCOPE, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { send } from '../../testing/send.js';
import { createPayjpDialect } from './dialect.js';

const dialect = createPayjpDialect({ apiUrl: () => 'https://shop.example' });
const ID = dialect.ids.paymentMethodConfiguration.render(uuid(60));
const CONFIGURATION: PaymentMethodConfiguration = {
  id: uuid(60),
  scope: SCOPE,
  version: 1,
  active: true,
  name: null,
  preferences: { card: 'none', paypay: 'on', apple_pay: 'off' },
  createdAt: NOON,
  updatedAt: NOON,
};

function answering(configuration = CONFIGURATION) {
  const asked: unknown[] = [];
  const update = async (_call: unknown, ...args: unknown[]) => {
    asked.push(...args);
    return done(configuration);
  };
  const list = async () => done({ items: [configuration], hasMore: false });
  return { asked, operations: { configurations: { retrieve: async () => done(configuration), update, list } } };
}

test('a configuration tells for each type what is wished, what applies, and whether it is offered', async () => {
  const { body } = await send(dialect, `GET /v2/payment_method_configurations/${ID}`, answering());
  expect(body).toEqual({
    object: 'payment_method_configuration',
    id: ID,
    livemode: false,
    active: true,
    name: null,
    card: { available: true, display_preference: { preference: 'none', value: 'on' } },
    paypay: { available: false, display_preference: { preference: 'on', value: 'on' } },
    apple_pay: { available: false, display_preference: { preference: 'off', value: 'off' } },
  });
});

test('configurations come in a list', async () => {
  const { body } = await send(dialect, 'GET /v2/payment_method_configurations', answering());
  expect(body).toMatchObject({ object: 'list', url: '/v2/payment_method_configurations', data: [{ id: ID }] });
});

describe('updating a configuration', () => {
  test.each([
    [{}, {}],
    [
      { active: false, name: 'shop' },
      { active: false, name: 'shop' },
    ],
    [{ active: null, name: null, card: null }, { name: null }],
    [{ card: {}, paypay: { display_preference: null } }, {}],
    [
      { card: { display_preference: { preference: 'off' } }, apple_pay: { display_preference: { preference: 'on' } } },
      { preferences: { card: 'off', apple_pay: 'on' } },
    ],
  ])('by %j', async (body, changes) => {
    const { asked, operations } = answering();
    await send(dialect, `POST /v2/payment_method_configurations/${ID}`, { body, operations });
    expect(asked).toEqual([uuid(60), changes]);
  });

  test.each([
    [{ active: 1 }, 'active'],
    [{ name: 'n'.repeat(256) }, 'name'],
    [{ card: 'on' }, 'card'],
    [{ card: { display_preference: {} } }, 'card.display_preference.preference'],
    [{ card: { display_preference: { preference: 'maybe' } } }, 'card.display_preference.preference'],
    [{ card: { display_preference: { preference: null } } }, 'card.display_preference.preference'],
  ])('is refused for %j', async (body, field) => {
    const response = await send(dialect, `POST /v2/payment_method_configurations/${ID}`, { body });
    expect([response.status, response.body.errors]).toEqual([422, [{ field, message: expect.any(String) }]]);
  });
});
