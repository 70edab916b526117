import {
  type BillingDetails,
  type Call,
  type Confirmation,
  type EnteredCard,
  type NewCheckoutSession,
  type NewSetupIntent,
  NO_ADDRESS,
  type Outcome,
  type SetupIntent,
  type Uuid,
} from '@onfile/core';
import type { PlannedOperation } from './plan.js';
import { ISSUERS, type SimulatedProcessor } from './processor.js';
import { type SeededRandom, seededRandom } from './random.js';
import { callOf, cardReference, type Program, SCOPE } from './world.js';

/** What clients know of: ids that they were told, and where a cardholder was sent. */
export interface Known {
  readonly intents: Uuid[];
  readonly sessions: Uuid[];
  readonly customers: Uuid[];
  readonly methods: Uuid[];
  readonly mandates: Uuid[];
  /** Attempts whose cardholders are, or were, at the issuer. */
  readonly authentications: { readonly intentId: Uuid; readonly attemptId: Uuid }[];
}

export function nothingKnown(): Known {
  return { intents: [], sessions: [], customers: [], methods: [], mandates: [], authentications: [] };
}

/** Jobs and the issuer's page answer nothing that a client could hold us to. */
export type Answer = Outcome<object> | null;

/** One request, ready to be sent, and sent again in the same words. */
export interface Request {
  readonly key: string | null;
  send(program: Program): Promise<Answer>;
}

const ATTEMPTS_PER_RESUME = 20;
const IN_FLIGHT_MAX = 4;

/** Decides what is asked, and of what; `null` when the client knows of nothing to ask it of. */
export function requestFor(
  operation: PlannedOperation,
  known: Known,
  { now, processor }: { readonly now: () => number; readonly processor: SimulatedProcessor },
): Request | null {
  const random = seededRandom(operation.seed);
  const key = operation.isKeyed && KEYABLE.has(operation.kind) ? `key ${operation.seed}` : null;
  const call = () => callOf(key, now());
  const send = sending(operation, { known, random, call, key, now, processor });
  return send && { key, send };
}

interface Asking {
  readonly known: Known;
  readonly random: SeededRandom;
  readonly call: () => Call;
  readonly key: string | null;
  readonly now: () => number;
  readonly processor: SimulatedProcessor;
}

type Send = Request['send'];

function sending({ kind, seed }: PlannedOperation, asking: Asking): Send | null {
  const { known, random, call, key } = asking;
  const intent = recent(random, known.intents);
  const session = recent(random, known.sessions);
  const customer = recent(random, known.customers);
  const method = recent(random, known.methods);
  const mandate = recent(random, known.mandates);
  const metadata = key === null ? {} : { tag: key };
  const note = { set: { [`n${seed % 5}`]: seed }, remove: [] };
  switch (kind) {
    case 'create':
      return ({ operations }) => operations.setupIntents.create(call(), newIntent(asking, { metadata }));
    case 'create_for_customer':
      return (
        customer &&
        (({ operations }) =>
          operations.setupIntents.create(call(), newIntent(asking, { metadata, customer: { id: customer } })))
      );
    case 'create_and_confirm': {
      const input = newIntent(asking, { paymentMethodId: method, customer: customer && { id: customer } });
      return (
        method &&
        (({ operations }) =>
          operations.setupIntents.createAndConfirm(
            call(),
            input,
            confirmation(asking, { kind: 'current' }, 'merchant'),
          ))
      );
    }
    case 'confirm_card': {
      const card = cardOf(random, seed);
      return (
        intent &&
        (({ operations }) =>
          operations.setupIntents.confirm(
            call(),
            intent,
            confirmation(asking, { kind: 'entered', card: card() }, 'browser'),
          ))
      );
    }
    case 'confirm_saved':
      return (
        intent &&
        method &&
        (({ operations }) =>
          operations.setupIntents.confirm(
            call(),
            intent,
            confirmation(asking, { kind: 'saved', paymentMethodId: method }, 'merchant'),
          ))
      );
    case 'confirm_current':
      return (
        intent &&
        (({ operations }) =>
          operations.setupIntents.confirm(call(), intent, confirmation(asking, { kind: 'current' }, 'merchant')))
      );
    case 'enter_card': {
      const card = cardOf(random, seed);
      const consent = { textVersion: null, language: null };
      return (
        intent &&
        (({ operations }) =>
          operations.setupIntents.enterCard(call(), intent, { by: 'browser', card: card(), usage: null, consent }))
      );
    }
    case 'note':
      return intent && (({ operations }) => operations.setupIntents.update(call(), intent, { metadata: note }));
    case 'revise': {
      const threeDSecureRequest = random.pick(['automatic', 'any', 'none'] as const);
      const changes = random.chance(0.5) ? { threeDSecureRequest } : { customer: customer && { id: customer } };
      return intent && (({ operations }) => operations.setupIntents.update(call(), intent, changes));
    }
    case 'cancel':
      return intent && (({ operations }) => operations.setupIntents.cancel(call(), intent, 'requested_by_customer'));
    case 'retrieve':
      return intent && (({ operations }) => operations.setupIntents.retrieve(SCOPE, intent));
    case 'authenticate':
    case 'return':
      return cardholderReturns(kind === 'authenticate', asking);
    case 'abandon':
      return intent && (({ operations }) => operations.setupIntents.abandonAuthentication(SCOPE, intent));
    case 'create_session':
      return ({ operations }) => operations.checkoutSessions.create(call(), newSession(asking, metadata, customer));
    case 'confirm_session': {
      const card = cardOf(random, seed);
      return session && ((program) => confirmOnPage(program, session, asking, card()));
    }
    case 'expire_session':
      return session && (({ operations }) => operations.checkoutSessions.expire(call(), session));
    case 'note_session':
      return session && (({ operations }) => operations.checkoutSessions.update(call(), session, note));
    case 'create_customer':
      return ({ operations }) =>
        operations.customers.create(call(), {
          ...{ selector: null, email: null, description: null, metadata, paymentMethodId: null },
        });
    case 'find_or_create_customer': {
      const externalReference = `reference ${random.below(3)}`;
      return ({ operations }) => operations.customers.findOrCreate(call(), { externalReference, description: null });
    }
    case 'update_customer': {
      const changes = random.chance(0.5) ? { defaultPaymentMethodId: method } : { metadata: note };
      return customer && (({ operations }) => operations.customers.update(call(), { id: customer }, changes));
    }
    case 'delete_customer':
      return customer && (({ operations }) => operations.customers.delete(call(), { id: customer }));
    case 'retrieve_customer':
      return customer && (({ operations }) => operations.customers.retrieve(SCOPE, { id: customer }));
    case 'create_method': {
      const card = cardOf(random, seed);
      const owner = random.chance(0.5) ? customer && { id: customer } : null;
      return ({ operations }) => operations.paymentMethods.create(call(), { card: card(), customer: owner, metadata });
    }
    case 'attach':
      return (
        method && customer && (({ operations }) => operations.paymentMethods.attach(call(), method, { id: customer }))
      );
    case 'detach':
      return method && (({ operations }) => operations.paymentMethods.detach(call(), method));
    case 'release': {
      const owner = { customerId: random.chance(0.5) ? customer : null };
      return method && (({ operations }) => operations.paymentMethods.release(call(), method, owner));
    }
    case 'retrieve_method':
      return method && (({ operations }) => operations.paymentMethods.retrieve(SCOPE, method));
    case 'revoke_mandate':
      return mandate && (({ operations }) => operations.mandates.revoke(call(), mandate));
    case 'resume':
      return ({ operations }) => operations.jobs.resumeAttempts(ATTEMPTS_PER_RESUME).then(() => null);
    case 'expire':
      return ({ operations }) => operations.jobs.expire(ATTEMPTS_PER_RESUME).then(() => null);
    case 'forget_idle_cards':
      return ({ operations }) => operations.jobs.forgetIdleCards(ATTEMPTS_PER_RESUME).then(() => null);
    case 'forget_unused_methods':
      return ({ operations }) => operations.jobs.forgetUnusedMethods(ATTEMPTS_PER_RESUME).then(() => null);
    case 'deliver':
      return deliverDue;
  }
}

/** The latest few are asked for most, so that clients meet. */
function recent(random: SeededRandom, ids: readonly Uuid[]): Uuid | null {
  const back = random.chance(0.8) ? random.below(3) : random.below(20);
  return ids.at(-1 - (back % Math.max(1, ids.length))) ?? null;
}

function newIntent({ random, now }: Asking, parts: Partial<NewSetupIntent>): NewSetupIntent {
  return {
    ...{ customer: null, description: null, metadata: {}, paymentMethodTypes: null, paymentMethodId: null },
    usage: random.pick(['on_session', 'off_session'] as const),
    threeDSecureRequest: random.pick([null, null, 'any', 'none'] as const),
    expiresAt: random.chance(0.3) ? now() + random.fraction() * 600_000 : null,
    ...parts,
  };
}

function newSession(
  { random, now }: Asking,
  metadata: NewCheckoutSession['metadata'],
  customer: Uuid | null,
): NewCheckoutSession {
  return {
    ...{ customerEmail: null, clientReferenceId: null, successUrl: null, cancelUrl: null, locale: null, metadata },
    ...{ paymentMethodTypes: null, threeDSecureRequest: null, setupIntent: { description: null, metadata: {} } },
    customer: random.chance(0.5) && customer ? { id: customer } : null,
    customerCreation: random.pick(['always', 'if_required', null] as const),
    expiresAt: random.chance(0.4) ? Math.floor(now() + 1_800_001 + random.fraction() * 600_000) : null,
  };
}

function confirmation({ random, key }: Asking, method: Confirmation['method'], by: Confirmation['by']): Confirmation {
  const returnUrl = by === 'merchant' ? null : 'https://shop.example/done';
  return { by, method, returnUrl, makesDefault: random.chance(0.2), consent: { textVersion: key, language: null } };
}

const BILLING: BillingDetails = { name: null, email: null, phone: null, address: NO_ADDRESS };

/** The same card each time, typed anew. */
function cardOf(random: SeededRandom, seed: number): () => EnteredCard {
  const issuer = random.chance(0.5) ? 'approves' : random.pick(ISSUERS);
  let typed = 0;
  return () => {
    typed += 1;
    return {
      reference: cardReference(issuer, seed * 100 + typed),
      ...{ expMonth: 12, expYear: 2030, billingDetails: BILLING },
    };
  };
}

async function confirmOnPage(
  { operations }: Program,
  session: Uuid,
  asking: Asking,
  card: EnteredCard,
): Promise<Answer> {
  const found = await operations.checkoutSessions.retrieve(SCOPE, session);
  if (found.kind === 'refused') return found;
  const entered = { kind: 'entered', card } as const;
  return operations.setupIntents.confirm(
    asking.call(),
    found.value.intent.id,
    confirmation(asking, entered, 'session'),
  );
}

/** At the issuer's page; a cardholder may also come back without having finished there, or with a token of their own making. */
function cardholderReturns(decides: boolean, { known, random, processor }: Asking): Send | null {
  const asked = known.authentications.at(-1 - random.below(Math.max(1, Math.min(3, known.authentications.length))));
  const token = asked && processor.returnUrls.get(asked.attemptId);
  if (!asked || !token) return null;
  const outcome = random.pick(['pass', 'pass', 'pass', 'fail', 'decline'] as const);
  const shown = random.chance(0.1) ? `${token.slice(0, -1)}x` : token;
  return async ({ operations }) => {
    if (decides) processor.authenticate(asked.attemptId, outcome);
    const intent = await operations.setupIntents.returnFromAuthentication(shown);
    return intent && { kind: 'done', value: intent };
  };
}

async function deliverDue({ webhooks }: Program): Promise<null> {
  for (const place of await webhooks.listDueEndpoints({ after: null, limit: 10 })) {
    const claimed = await webhooks.claim(place, IN_FLIGHT_MAX);
    const { endpoint, deliveries = [] } = claimed ?? {};
    const sent = deliveries.map((delivery) => endpoint && webhooks.deliver({ endpoint, delivery }));
    const results = await Promise.allSettled(sent);
    const fault = results.find((result) => result.status === 'rejected');
    if (fault) throw fault.reason;
  }
  return null;
}

/** What an answer teaches: ids, and where the cardholder is sent. */
export function learn(known: Known, answer: Answer): void {
  if (answer?.kind !== 'done') return;
  const objects = 'session' in answer.value ? Object.values(answer.value) : [answer.value];
  for (const object of objects as object[]) learnObject(known, object);
}

function learnObject(known: Known, object: object): void {
  const { id } = object as { readonly id: Uuid };
  if ('nextAction' in object) learnIntent(known, object as SetupIntent);
  else if ('setupIntentId' in object && 'successUrl' in object) add(known.sessions, id);
  else if ('billingDetails' in object) add(known.methods, id);
  else if ('defaultPaymentMethodId' in object) add(known.customers, id);
}

function learnIntent(known: Known, intent: SetupIntent): void {
  add(known.intents, intent.id);
  if (intent.mandateId) add(known.mandates, intent.mandateId);
  if (intent.status === 'succeeded' && intent.paymentMethodId) add(known.methods, intent.paymentMethodId);
  if (intent.nextAction && intent.latestAttemptId) {
    const { id: intentId, latestAttemptId: attemptId } = intent;
    if (!known.authentications.some((each) => each.attemptId === attemptId)) {
      known.authentications.push({ intentId, attemptId });
    }
  }
}

function add(ids: Uuid[], id: Uuid): void {
  if (!ids.includes(id)) ids.push(id);
}

/**
 * Requests whose key has to give the same answer again. Finding or creating a customer is repeatable by its reference instead:
 * what it found is not remembered, so that after a deletion it makes another.
 */
const KEYABLE: ReadonlySet<PlannedOperation['kind']> = new Set([
  'create',
  'create_for_customer',
  'create_and_confirm',
  'confirm_card',
  'confirm_saved',
  'confirm_current',
  'enter_card',
  'note',
  'revise',
  'cancel',
  'create_session',
  'confirm_session',
  'expire_session',
  'note_session',
  'create_customer',
  'update_customer',
  'delete_customer',
  'create_method',
  'attach',
  'detach',
  'release',
  'revoke_mandate',
] as const);
