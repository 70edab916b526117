import { randomUUID } from 'node:crypto';
import type { DevFile } from '../../apps/cli/src/dev/dev-file.js';
import { type Json, requireJson, send } from '../isolation/wire.js';
import { CARDS, CODES } from './canaries.js';
import type { Credentials, Things } from './seeds.js';

/** Logs in where that is needed; everything else is in what `onfile dev` prints. */
export async function credentialsOf({ apiUrl, operatorKey = '', merchant }: DevFile): Promise<Credentials> {
  const body = { ...merchant.toast.payment, userAccessType: 'TOAST_MACHINE_CLIENT' };
  const login = await requireJson(send(apiUrl, 'POST /authentication/v1/authentication/login', null, { body }));
  const { secretKey, publicKey, id: merchantId } = merchant;
  return { secretKey, publicKey, operatorKey, token: login.token.accessToken, merchantId };
}

/** One of everything that a request can name, saved with real test cards by requests that nobody altered. */
export async function makeThings(dev: DevFile, credentials: Credentials, receiver: string): Promise<Things> {
  const { apiUrl, merchant } = dev;
  const { secretKey, operatorKey, token, merchantId } = credentials;
  const payjp = (target: string, body?: object): Promise<Json> =>
    requireJson(send(apiUrl, target, secretKey, { body }));
  const operator = (target: string, body: object): Promise<Json> =>
    requireJson(send(apiUrl, target, operatorKey, { body, headers: { 'onfile-merchant': merchantId } }));
  const toast = (target: string, body: object, headers = {}): Promise<Json> =>
    requireJson(
      send(apiUrl, target, token, { body, headers: { 'toast-restaurant-external-id': merchantId, ...headers } }),
    );

  const customer = await payjp('POST /v2/customers', { email: 'taro@example.com' });
  const saved = await saveCard(dev, credentials, customer.id);
  const [flow, session, configurations, key, guest] = await Promise.all([
    payjp('POST /v2/setup_flows', { customer_id: customer.id }),
    payjp('POST /v2/checkout/sessions', { mode: 'setup' }),
    payjp('GET /v2/payment_method_configurations'),
    operator('POST /operator/v1/keys', { kind: 'public', name: 'fuzzed' }),
    toast('POST /v1/customers', { externalReferenceId: randomUUID(), description: 'a guest' }),
  ]);
  const event = (await payjp(`GET /v2/events?resource_id=${customer.id}`)).data[0];
  const endpoint = await endpointOf(
    operator,
    () => requireJson(send(apiUrl, 'GET /operator/v1/webhook_endpoints', secretKey)),
    receiver,
  );
  const intent = await toast('POST /v1/setup-intents', { customerId: guest.id, usage: 'ON_SESSION' });
  const entered = {
    type: 'CARD',
    card: { number: CARDS[0], cvv: CODES[1], expiry: { month: '12', year: '39' } },
    usage: 'ON_SESSION',
  };
  const method = await toast('POST /v1/payment-methods', entered, {
    'toast-session-secret': intent.sessionSecret,
    'toast-idempotency-key': randomUUID(),
  });
  return {
    customer: customer.id,
    customerUuid: guest.id,
    flow: flow.id,
    flowSecret: flow.client_secret,
    session: session.id,
    configuration: configurations.data[0].id,
    method: saved,
    methodUuid: method.id,
    intent: intent.id,
    intentSecret: intent.sessionSecret,
    mandate: randomUUID(),
    event: event.id,
    eventUuid: event.id,
    key: key.id,
    endpoint: endpoint.id,
    endpoint_id: endpoint.id,
    event_id: event.id,
    merchant: merchantId,
    publicKey: merchant.publicKey,
    clientId: merchant.toast.payment.clientId,
    receiver,
    version: '2025-12-10',
    uuid: randomUUID(),
  };
}

/** Saves a card as a page does; answers the payment method's id. */
async function saveCard({ apiUrl, vaultUrl }: DevFile, credentials: Credentials, customerId: string): Promise<string> {
  const made = await requireJson(
    send(apiUrl, 'POST /v2/setup_flows', credentials.secretKey, {
      body: { customer_id: customerId, usage: 'on_session' },
    }),
  );
  const body = {
    client_secret: made.client_secret,
    return_url: 'https://shop.example/done',
    payment_method_data: {
      type: 'card',
      card: { number: CARDS[0], exp_month: 12, exp_year: 2039, cvc: CODES[0] },
      billing_details: { name: 'TARO YAMADA', email: 'taro@example.com' },
    },
  };
  const flow = await requireJson(
    send(vaultUrl, `POST /v2/setup_flows/${made.id}/confirm`, credentials.publicKey, { body }),
  );
  return flow.payment_method_id;
}

/** There is a limit to them, and altered requests make some too. */
async function endpointOf(
  operator: (target: string, body: object) => Promise<Json>,
  list: () => Promise<Json>,
  url: string,
): Promise<Json> {
  const { data } = await list();
  const known = data.find((endpoint: Json) => endpoint.url === url);
  return known ?? operator('POST /operator/v1/webhook_endpoints', { url });
}
