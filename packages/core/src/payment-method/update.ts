import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import { applyMetadataChange, checkMetadataSize } from '../metadata.js';
import type { PaymentMethodChanges } from '../operations.js';
import type { Patch } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Outcome } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { findMethod } from './find.js';
import { applyBillingDetailsChange, type PaymentMethod } from './payment-method.js';

/** Billing details and metadata; never the card. */
export function updatePaymentMethod(
  ports: Ports,
  call: Call,
  id: Uuid,
  changes: PaymentMethodChanges,
): Promise<Outcome<PaymentMethod>> {
  return decideAndCommit(ports, call, 'payment_method', async () => {
    const method = await findMethod(ports, call.scope, id);
    if ('kind' in method) return method;
    const refused = changes.metadata && checkMetadataSize(applyMetadataChange(method.metadata, changes.metadata));
    if (refused) return refused;

    return {
      kind: 'plan',
      changes: [
        {
          kind: 'update',
          objectType: 'payment_method',
          id,
          expect: { version: method.version },
          patch: patchOf(method, changes),
          event: { id: ports.ids.next(), type: 'payment_method.updated' },
        },
      ],
      answerIndex: 0,
    };
  });
}

function patchOf(method: PaymentMethod, { billingDetails, metadata }: PaymentMethodChanges): Patch<PaymentMethod> {
  return {
    ...(metadata && { metadata }),
    ...(billingDetails && { billingDetails: applyBillingDetailsChange(method.billingDetails, billingDetails) }),
  };
}
