import { randomUUID } from 'node:crypto';
import type { EventObjects, EventObjectType, Scope, Uuid } from '@onfile/core';
import { createPayjpIds, PAYJP_ID_PREFIXES } from '../../packages/dialects/src/payjp/ids.js';
import type { RunningOnfile } from '../running-server.js';
import { type DialectName, requireJson, send } from './wire.js';

/** What a route can name. `looseMethod`: saved, and no customer's. `draft`: entered, and not saved yet. */
export const KINDS = [
  'setupIntent',
  'customer',
  'chosenCustomer',
  'paymentMethod',
  'looseMethod',
  'draft',
  'configuration',
  'checkoutSession',
  'event',
  'mandate',
  'webhookEndpoint',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Thing {
  readonly id: Uuid;
  /** As the merchant chose it. */
  readonly chosenId?: string;
  /** Of a setup intent, as each dialect writes it. */
  readonly secrets?: Readonly<Partial<Record<DialectName, string>>>;
}

/** One object of each kind, of one merchant and mode. A kind that cannot be there is missing. */
export type Kit = Partial<Readonly<Record<Kind, Thing>>>;

/** Who makes a kit: the merchant's server, in both dialects. */
export interface Owner {
  readonly scope: Scope;
  readonly secretKey: string;
  readonly token: string;
}

const payjpIds = createPayjpIds(PAYJP_ID_PREFIXES);
const PAYJP_FORMS = {
  setupIntent: payjpIds.setupFlow,
  paymentMethod: payjpIds.paymentMethod,
  looseMethod: payjpIds.paymentMethod,
  draft: payjpIds.paymentMethod,
  configuration: payjpIds.paymentMethodConfiguration,
  checkoutSession: payjpIds.checkoutSession,
  event: payjpIds.event,
} as const;

/** The id of a thing on the wire. */
export function nameOf(kind: Kind, { id, chosenId }: Thing, dialect: DialectName): string {
  if (dialect !== 'payjp' || kind === 'mandate' || kind === 'webhookEndpoint') return id;
  if (kind === 'customer' || kind === 'chosenCustomer')
    return payjpIds.customer.render({ id, chosenId: chosenId ?? null });
  return PAYJP_FORMS[kind].render(id);
}

export const CARD = '4242424242424242';
const TOAST_CARD = {
  type: 'CARD',
  card: { number: CARD, cvv: '123', expiry: { month: '12', year: '39' } },
};

/** Makes everything by the wire, as a merchant would. */
export async function makeKit(onfile: RunningOnfile, owner: Owner): Promise<Kit> {
  const payjp = (target: string, body?: object) => requireJson(send(onfile.apiUrl, target, owner.secretKey, { body }));
  const toast = (target: string, body: object, headers = {}) =>
    requireJson(send(onfile.apiUrl, target, owner.token, { body, headers }));

  const chosenId = `chosen-${randomUUID()}`;
  const [customer, , session, configurations] = await Promise.all([
    payjp('POST /v2/customers', {}),
    payjp('POST /v2/customers', { id: chosenId }),
    payjp('POST /v2/checkout/sessions', { mode: 'setup' }),
    payjp('GET /v2/payment_method_configurations'),
  ]);
  const customerId = uuidOfCustomer(customer.id);
  const chosenUuid = await findChosen(onfile, owner.scope, chosenId);
  const [event, open] = await Promise.all([
    payjp(`GET /v2/events?resource_id=${customer.id}`).then(({ data }) => data[0]),
    toast('POST /v1/setup-intents', { usage: 'ON_SESSION', customerId }),
  ]);
  const setupIntentId: Uuid = open.id;
  const flow = await payjp(`GET /v2/setup_flows/${payjpIds.setupFlow.render(setupIntentId)}`);
  const base: Kit = {
    webhookEndpoint: { id: await quietEndpoint(onfile, owner.scope) },
    customer: { id: customerId },
    chosenCustomer: { id: chosenUuid, chosenId },
    checkoutSession: { id: payjpIds.checkoutSession.parse(session.id) as Uuid },
    configuration: { id: payjpIds.paymentMethodConfiguration.parse(configurations.data[0].id) as Uuid },
    event: { id: payjpIds.event.parse(event.id) as Uuid },
    setupIntent: {
      id: setupIntentId,
      secrets: { payjp: flow.client_secret, toast: open.sessionSecret },
    },
  };
  if (owner.scope.mode === 'live') return base;

  const enter = async (intent: { sessionSecret: string }, usage: string | null = null) =>
    toast(
      'POST /v1/payment-methods',
      { ...TOAST_CARD, usage },
      {
        'Toast-Session-Secret': intent.sessionSecret,
        'Toast-Idempotency-Key': randomUUID(),
      },
    );
  const forMerchant = { customerId, usage: 'OFF_SESSION', standingInstructionType: 'RECURRING' };
  const intent = await toast('POST /v1/setup-intents', forMerchant);
  const { id: paymentMethodId } = await enter(intent);
  const [saved, loose, draft] = await Promise.all([
    toast(`POST /v1/setup-intents/${intent.id}/confirm`, { sessionSecret: intent.sessionSecret }),
    payjp('POST /v2/payment_methods', PAYJP_CARD),
    toast('POST /v1/setup-intents', forMerchant).then((other) => enter(other)),
    // So that the intent of this kit waits for nothing but its confirmation.
    enter(open, 'ON_SESSION'),
  ]);
  return {
    ...base,
    paymentMethod: { id: paymentMethodId },
    mandate: { id: saved.mandateId },
    looseMethod: { id: payjpIds.paymentMethod.parse(loose.id) as Uuid },
    draft: { id: draft.id },
  };
}

export const PAYJP_CARD = {
  type: 'card',
  card: { number: CARD, exp_month: 12, exp_year: 2039, cvc: '123' },
  billing_details: { name: 'TARO YAMADA', email: 'taro@example.com' },
};

/** What has no live counterpart on the wire is put there through storage: the same objects under other ids. */
export async function copyToLive(onfile: RunningOnfile, from: Scope, kit: Kit, live: Kit): Promise<Kit> {
  const { storage } = onfile;
  const scope: Scope = { ...from, mode: 'live' };
  const customer = live.customer && { id: live.customer.id, chosenId: null };
  const insert = async <T extends EventObjectType>(objectType: T, object: EventObjects[T], type: string) => {
    const id = onfile.ids.next();
    const copy = { ...object, id, scope, version: 1 };
    const change = { kind: 'insert', objectType, object: copy, event: { id: onfile.ids.next(), type } };
    const changes = [change] as unknown as Parameters<typeof storage.commit>[0]['changes'];
    const result = await storage.commit({ scope, at: onfile.clock.now(), changes, idempotency: null });
    if (result.kind !== 'committed') throw new Error(`a live ${objectType} was not made: ${result.kind}`);
    return { id };
  };
  const method = await storage.loadPaymentMethod(from, kit.paymentMethod?.id as Uuid);
  const loose = await storage.loadPaymentMethod(from, kit.looseMethod?.id as Uuid);
  const mandate = await storage.loadMandate(from, kit.mandate?.id as Uuid);
  if (!method || !loose || !mandate) throw new Error('the kit to copy is not whole');
  const paymentMethod = await insert(
    'payment_method',
    { ...method, customer: customer ?? null },
    'payment_method.created',
  );
  return {
    ...live,
    paymentMethod,
    looseMethod: await insert('payment_method', loose, 'payment_method.created'),
    mandate: await insert(
      'mandate',
      { ...mandate, customer: customer ?? null, paymentMethodId: paymentMethod.id },
      'mandate.created',
    ),
  };
}

const KITS_WITH_ENDPOINT = 10;

/** Told of what does not happen here, so that nothing is delivered while tables are compared. */
async function quietEndpoint({ webhooks }: RunningOnfile, scope: Scope): Promise<Uuid> {
  const endpoint = { scope, url: 'https://shop.example/hooks', dialect: 'payjp', events: ['setup_flow.setup_failed'] };
  // There is a limit to them. The newest is of a kit that was spent before; those of the matrix itself are the oldest.
  const [newest, ...others] = await webhooks.listEndpoints(scope);
  if (newest && others.length >= KITS_WITH_ENDPOINT) await webhooks.deleteEndpoint(scope, newest.id);
  const made = await webhooks.createEndpoint(endpoint);
  if (made.kind === 'refused') throw new Error(made.refusal.code);
  return made.value.endpoint.id;
}

function uuidOfCustomer(text: string): Uuid {
  const selector = payjpIds.customer.parse(text);
  if (selector === null || !('id' in selector)) throw new Error(`${text} is no id of ours`);
  return selector.id;
}

async function findChosen({ storage }: RunningOnfile, scope: Scope, chosenId: string): Promise<Uuid> {
  const found = await storage.loadCustomer(scope, { chosenId });
  if (found === null) throw new Error('the customer with a chosen id is not there');
  return found.id;
}
