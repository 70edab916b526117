import type { Operations, Outcome, PaymentMethod, Uuid } from '@onfile/core';
import type { DialectRequest, Route } from '../dialect.js';
import { REFERENCE_LENGTH_MAX, SETUP_INTENT_LIFETIME_MS } from './choices.js';
import { WRONG_SESSION_SECRET } from './errors.js';
import { SESSION_SECRET_HEADER } from './headers.js';
import { type Answered, answerWith, operation } from './operation.js';
import { renderSavedCard } from './payment-method.js';
import { intentOfSecret } from './session-secret.js';
import type { Toast } from './settings.js';
import { findLive } from './setup-intent.js';
import { parseReference } from './uuid.js';

export function customerRoutes(toast: Toast): readonly Route[] {
  return [
    operation(toast, {
      method: 'POST',
      path: '/v1/customers',
      body: 'required',
      scope: 'customers:write',
      needsLocation: true,
      parse: ({ body }) => {
        body.require('externalReferenceId', 'description');
        const externalReference = body.text('externalReferenceId', TEXT) ?? '';
        const description = body.text('description', TEXT) ?? '';
        return { externalReference, description };
      },
      act: (input, { call }, { customers }) => customers.findOrCreate(call, input),
      render: ({ id, externalReference, description }) => ({
        id,
        externalReferenceId: externalReference,
        description,
      }),
    }),
    operation(toast, {
      method: 'GET',
      path: '/v1/customers/:id/payment-methods',
      body: 'none',
      scope: 'payment_methods:read',
      isOpenToIframe: true,
      needsLocation: true,
      parse: ({ path }) => parseReference(path, 'id', 'customer'),
      act: (id, request, operations) => listSavedCards(toast, id, request, operations),
      render: (methods) => ({ results: methods.length, paymentMethods: methods.map(renderListed) }),
    }),
  ];
}

const TEXT = { lengthMin: 1, lengthMax: REFERENCE_LENGTH_MAX };

/** The list has no pages on the wire, so it has an end here. */
const PAGES_MAX = 10;
const PAGE_LENGTH = 100;

async function listSavedCards(
  toast: Toast,
  id: Uuid,
  request: DialectRequest,
  operations: Operations,
): Promise<Outcome<readonly PaymentMethod[]> | Answered> {
  if (!(await mayList(toast, id, request, operations))) return answerWith(WRONG_SESSION_SECRET);

  const saved: PaymentMethod[] = [];
  for (let pages = 0, startingAfter: Uuid | null = null; pages < PAGES_MAX; pages += 1) {
    const page = { limit: PAGE_LENGTH, startingAfter, endingBefore: null };
    const listed = await operations.customers.listPaymentMethods(request.call.scope, { id }, page);
    if (listed.kind === 'refused') return listed;
    const { items, hasMore }: { items: readonly PaymentMethod[]; hasMore: boolean } = listed.value;
    saved.push(...items.filter(({ usage }) => usage !== 'off_session'));
    startingAfter = items.at(-1)?.id ?? null;
    if (!hasMore) break;
  }
  return { kind: 'done', value: saved };
}

/** A page may list the cards of its session's customer while the session lasts. A session secret that is sent has to fit in any case. */
async function mayList(toast: Toast, id: Uuid, request: DialectRequest, operations: Operations): Promise<boolean> {
  const { access, headers, call } = request;
  const secret = headers[SESSION_SECRET_HEADER];
  if (secret === undefined) return access === 'secret';
  const intentId = intentOfSecret(secret, call.scope, operations);
  const intent = intentId && (await findLive(toast, intentId, request, operations));
  if (intent === null || intent.kind !== 'done' || intent.value.customer?.id !== id) return false;
  // An intent that succeeded is there for good; what its page may do is not.
  return access === 'secret' || toast.clock.now() < intent.value.createdAt + SETUP_INTENT_LIFETIME_MS;
}

function renderListed({ id, card }: PaymentMethod) {
  const shown = renderSavedCard(card);
  const { month, year } = shown.expiry;
  return { id, type: 'CARD', cardType: shown.type, lastFour: shown.lastFour, month, year, card: shown };
}
