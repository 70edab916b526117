import { type Mandate, type Operations, type Outcome, refuse, type Scope, type Uuid } from '@onfile/core';
import type { Route } from '../dialect.js';
import { MANDATE_WORDING_REFERENCE, STANDING_INSTRUCTION_WHEN_UNKNOWN } from './choices.js';
import { STANDING_INSTRUCTION_NAMES } from './names.js';
import { operation } from './operation.js';
import { notDetached } from './payment-method.js';
import type { Toast } from './settings.js';
import { renderTime } from './time.js';
import { parseUuid } from './uuid.js';

export function mandateRoutes(toast: Toast): readonly Route[] {
  return [
    operation(toast, {
      method: 'GET',
      path: '/v1/payment-methods/:paymentMethodId/mandates',
      body: 'none',
      scope: 'mandates:read',
      parse: ({ path }) => parseUuid(path, 'paymentMethodId'),
      act: (id, { call }, operations) => listMandates(call.scope, id, operations),
      render: (mandates) => mandates.map(renderMandate),
    }),
    operation(toast, {
      method: 'GET',
      path: '/v1/mandates/:mandateId',
      body: 'none',
      scope: 'mandates:read',
      parse: ({ path }) => parseUuid(path, 'mandateId'),
      act: (id, { call }, operations) => findMandate(call.scope, id, operations),
      render: renderMandate,
    }),
    operation(toast, {
      method: 'DELETE',
      path: '/v1/mandates/:mandateId',
      body: 'none',
      scope: 'mandates:write',
      status: 204,
      parse: ({ path }) => parseUuid(path, 'mandateId'),
      act: async (id, { call }, operations) => {
        const found = await findMandate(call.scope, id, operations);
        return found.kind === 'refused' ? found : operations.mandates.revoke(call, id);
      },
      render: () => undefined,
    }),
  ];
}

/** More mandates than a card collects. */
const MANDATES_MAX = 100;

async function listMandates(
  scope: Scope,
  id: Uuid,
  { mandates, paymentMethods }: Operations,
): Promise<Outcome<readonly Mandate[]>> {
  const method = notDetached(await paymentMethods.retrieve(scope, id));
  if (method.kind === 'refused') return method;
  const page = { limit: MANDATES_MAX, startingAfter: null, endingBefore: null };
  const listed = await mandates.listOfPaymentMethod(scope, id, page);
  return listed.kind === 'refused' ? listed : { kind: 'done', value: listed.value.items.filter(isForMerchant) };
}

async function findMandate(scope: Scope, id: Uuid, { mandates }: Operations): Promise<Outcome<Mandate>> {
  const found = await mandates.retrieve(scope, id);
  if (found.kind === 'refused' || isForMerchant(found.value)) return found;
  return refuse('object_not_found', { object: 'mandate', id });
}

/** Here a mandate is for charges that the merchant starts. The domain keeps the consent to other uses as one, too. */
function isForMerchant({ usage }: Mandate): boolean {
  return usage === 'off_session';
}

function renderMandate(mandate: Mandate) {
  return {
    id: mandate.id,
    customerId: mandate.customer?.id ?? null,
    paymentMethodId: mandate.paymentMethodId,
    originalTransactionId: mandate.setupAttemptId,
    standingInstructionType:
      STANDING_INSTRUCTION_NAMES[mandate.standingInstruction ?? STANDING_INSTRUCTION_WHEN_UNKNOWN],
    status: mandate.status === 'active' ? 'ACTIVE' : 'INACTIVE',
    createdAt: renderTime(mandate.createdAt),
    externalReferenceId: MANDATE_WORDING_REFERENCE,
  };
}
