import { aSetupIntent, uuid } from '@onfile/core/testing';
import { expect, test } from 'vitest';
import { createPayjpDialect } from './dialect.js';

const dialect = createPayjpDialect({ apiUrl: () => 'https://shop.example' });
const SECRET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ';

test('these are the operations, whose keys they take, and where card numbers may be', () => {
  const table = dialect.routes.map(({ method, path, access, body, cardFields }) =>
    [method, path, access.join('+'), body, ...(cardFields ? [cardFields.number, cardFields.cvc] : [])].join(' '),
  );
  expect(table).toMatchInlineSnapshot(`
    [
      "GET /v2/setup_flows secret none",
      "POST /v2/setup_flows secret optional",
      "GET /v2/setup_flows/:id secret+browser none",
      "POST /v2/setup_flows/:id secret required",
      "POST /v2/setup_flows/:id/cancel secret optional",
      "POST /v2/setup_flows/:id/confirm secret+browser optional payment_method_data.card.number payment_method_data.card.cvc",
      "GET /v2/customers secret none",
      "POST /v2/customers secret required",
      "GET /v2/customers/:id secret none",
      "POST /v2/customers/:id secret required",
      "DELETE /v2/customers/:id secret none",
      "GET /v2/customers/:id/payment_methods secret none",
      "GET /v2/payment_methods secret none",
      "POST /v2/payment_methods secret required card.number card.cvc",
      "GET /v2/payment_methods/:id secret none",
      "POST /v2/payment_methods/:id secret required",
      "GET /v2/payment_methods/cards/:card_id secret none",
      "POST /v2/payment_methods/:id/attach secret required",
      "POST /v2/payment_methods/:id/detach secret none",
      "GET /v2/payment_method_configurations secret none",
      "GET /v2/payment_method_configurations/:id secret none",
      "POST /v2/payment_method_configurations/:id secret required",
      "GET /v2/checkout/sessions secret none",
      "POST /v2/checkout/sessions secret required",
      "GET /v2/checkout/sessions/:id secret none",
      "POST /v2/checkout/sessions/:id secret required",
      "POST /v2/checkout/sessions/:id/expire secret none",
      "GET /v2/checkout/sessions/:id/line_items secret none",
      "GET /v2/events secret none",
      "GET /v2/events/:id secret none",
    ]
  `);
});

test('a flow returns with its id and secret in the query', () => {
  const intent = aSetupIntent({ id: uuid(1), returnUrl: 'https://shop.example/done?setup_flow_id=old&a=1' });
  const id = dialect.ids.setupFlow.render(uuid(1));
  expect(dialect.renderReturnUrl(intent, SECRET)).toBe(
    `https://shop.example/done?a=1&setup_flow_id=${id}&setup_flow_client_secret=${dialect.ids.clientSecret.render(uuid(1), SECRET)}`,
  );
});

test('a flow without a return URL returns nowhere', () => {
  expect(dialect.renderReturnUrl(aSetupIntent(), SECRET)).toBeNull();
});

test.each([
  ['a', true],
  ['A-b_9', true],
  ['k'.repeat(255), true],
  ['k'.repeat(256), false],
  ['', false],
  ['with space', false],
  ['鍵', false],
  ['a\n', false],
])('%j as an idempotency key: %s', (key, isOne) => {
  expect(dialect.idempotencyKeyPattern.test(key)).toBe(isOne);
});
