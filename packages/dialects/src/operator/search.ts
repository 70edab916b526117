import {
  type CheckoutSession,
  type Customer,
  done,
  type Instant,
  type Outcome,
  type PaymentMethod,
  type Scope,
  type Uuid,
} from '@onfile/core';
import type { Static } from 'typebox';
import Type from 'typebox';
import { problem } from './errors.js';
import { answerObject, Id, queryObject, renderTime, Text, Time } from './fields.js';
import type { NamedKind, NamedObject } from './object-names.js';
import { DialectIdsSchema } from './objects.js';
import { merchantRoute, type OperatorRoute } from './operator-route.js';
import type { OperatorPorts } from './ports.js';

const FoundSchema = answerObject({
  kind: Text,
  id: Id,
  dialect_ids: DialectIdsSchema,
  summary: Text,
  created_at: Time,
});

/** Of each kind. */
const FOUND_MAX = 50;
/** As it stands on a card: groups of digits. */
const WRITTEN_APART = /^(?:\d[ -]?){12,19}$/;
const LAST4 = /^\d{4}$/;

export function searchRoutes(ports: OperatorPorts): readonly OperatorRoute[] {
  return [
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/search',
        summary:
          'Find objects by an id (ours, PAY.JP’s, Toast’s, one that the merchant chose), an e-mail, or a card’s last four digits.',
        query: queryObject({ q: Type.String({ minLength: 1, maxLength: 255 }) }),
        answer: answerObject({ data: Type.Array(FoundSchema) }),
      },
      async ({ scope, query }) => {
        const text = query.q.trim();
        if (ports.hasCardNumber(text) || WRITTEN_APART.test(text))
          return problem('card_number_not_allowed', { param: 'q' });
        const found = await Promise.all([
          findById(ports, scope, text),
          findByReference(ports, scope, text),
          findByEmail(ports, scope, text),
          findByLast4(ports, scope, text),
        ]);
        const unique = new Map(found.flat().map((each) => [`${each.kind} ${each.id}`, each]));
        return done({ data: [...unique.values()].map((each) => render(ports, each)) });
      },
    ),
  ];
}

interface Found extends NamedObject {
  readonly kind: NamedKind;
  readonly summary: string;
  readonly createdAt: Instant;
}

function render({ names }: OperatorPorts, found: Found): Static<typeof FoundSchema> {
  const { kind, id, summary, createdAt } = found;
  return { kind, id, dialect_ids: names.render(kind, found), summary, created_at: renderTime(createdAt) };
}

async function findById(ports: OperatorPorts, scope: Scope, text: string): Promise<readonly Found[]> {
  const kinds = ports.names.kindsOf(text);
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const id = ports.names.idOf(kind, text);
      return id === null ? null : describe(ports, scope, kind, id);
    }),
  );
  return found.filter((each) => each !== null);
}

async function describe(ports: OperatorPorts, scope: Scope, kind: NamedKind, id: Uuid): Promise<Found | null> {
  const { operations, storage } = ports;
  switch (kind) {
    case 'setup_intent':
      return shown(await operations.setupIntents.retrieve(scope, id), (intent) => ({
        ...intent,
        kind,
        summary: `setup intent, ${intent.status}`,
      }));
    case 'payment_method':
      return shown(await operations.paymentMethods.retrieve(scope, id), describeMethod);
    case 'customer':
      return shown(await operations.customers.retrieve(scope, { id }), describeCustomer);
    case 'checkout_session':
      return shown(await operations.checkoutSessions.retrieve(scope, id), ({ session }) => describeSession(session));
    case 'mandate':
      return shown(await operations.mandates.retrieve(scope, id), (mandate) => ({
        ...mandate,
        kind,
        summary: `mandate, ${mandate.status}, ${mandate.usage}`,
      }));
    case 'payment_method_configuration':
      return shown(await operations.configurations.retrieve(scope, id), (configuration) => ({
        ...configuration,
        kind,
        summary: `payment method configuration, ${configuration.active ? 'active' : 'inactive'}`,
      }));
    case 'event':
      return shown(await operations.events.retrieve(scope, id), (event) => ({
        id,
        kind,
        summary: `${event.type}, ${event.sequence} of ${event.objectType} ${event.objectId}`,
        createdAt: event.createdAt,
      }));
    case 'setup_attempt': {
      const loaded = await storage.loadAttempt(scope, id);
      if (loaded === null) return null;
      const { state, outcome, setupIntentId, startedAt } = loaded.attempt;
      return { id, kind, summary: `attempt at ${setupIntentId}, ${outcome ?? state}`, createdAt: startedAt };
    }
    case 'webhook_endpoint': {
      const endpoint = await storage.loadWebhookEndpoint(scope, id);
      if (endpoint === null) return null;
      return { id, kind, summary: `${endpoint.url}, ${endpoint.state}`, createdAt: endpoint.createdAt };
    }
  }
}

async function findByReference({ storage }: OperatorPorts, scope: Scope, text: string): Promise<readonly Found[]> {
  const found = await Promise.all([
    storage.loadCustomer(scope, { chosenId: text }),
    storage.findCustomerByReference(scope, text),
  ]);
  return found.filter((customer) => customer !== null).map(describeCustomer);
}

async function findByEmail({ storage }: OperatorPorts, scope: Scope, text: string): Promise<readonly Found[]> {
  if (!text.includes('@')) return [];
  const [customers, sessions] = await Promise.all([
    storage.findCustomersByEmail(scope, text, FOUND_MAX),
    storage.findCheckoutSessionsByEmail(scope, text, FOUND_MAX),
  ]);
  return [...customers.map(describeCustomer), ...sessions.map(describeSession)];
}

async function findByLast4({ storage }: OperatorPorts, scope: Scope, text: string): Promise<readonly Found[]> {
  if (!LAST4.test(text)) return [];
  return (await storage.findPaymentMethodsByLast4(scope, text, FOUND_MAX)).map(describeMethod);
}

function describeCustomer(customer: Customer): Found {
  return { ...customer, kind: 'customer', summary: `customer, ${customer.email ?? 'without an e-mail'}` };
}

function describeSession(session: CheckoutSession): Found {
  const { status, customerEmail } = session;
  return {
    ...session,
    kind: 'checkout_session',
    summary: `checkout session, ${status}${customerEmail === null ? '' : `, ${customerEmail}`}`,
  };
}

function describeMethod(method: PaymentMethod): Found {
  const { brand, last4, expMonth, expYear } = method.card;
  const summary = `${brand} •••• ${last4}, ${String(expMonth).padStart(2, '0')}/${expYear}, ${method.state}`;
  return { ...method, kind: 'payment_method', summary };
}

function shown<T>(found: Outcome<T>, describe: (value: T) => Found): Found | null {
  return found.kind === 'done' ? describe(found.value) : null;
}
