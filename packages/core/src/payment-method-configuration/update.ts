import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { ConfigurationChanges } from '../operations.js';
import type { Ports } from '../ports.js';
import { type Outcome, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import type { PaymentMethodConfiguration } from './payment-method-configuration.js';

export function updateConfiguration(
  ports: Ports,
  call: Call,
  id: Uuid,
  { preferences, ...changes }: ConfigurationChanges,
): Promise<Outcome<PaymentMethodConfiguration>> {
  return decideAndCommit(ports, call, 'payment_method_configuration', async () => {
    const found = await ports.storage.loadPaymentMethodConfiguration(call.scope, id);
    if (found === null) return refuse('object_not_found', { object: 'payment_method_configuration', id });

    return {
      kind: 'plan',
      changes: [
        {
          kind: 'update',
          objectType: 'payment_method_configuration',
          id,
          expect: { version: found.version },
          patch: { ...changes, ...(preferences && { preferences: { ...found.preferences, ...preferences } }) },
          event: { id: ports.ids.next(), type: 'payment_method_configuration.updated' },
        },
      ],
      answerIndex: 0,
    };
  });
}
