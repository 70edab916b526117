import type { Call } from '../call.js';
import { answerUnderKey } from '../committing.js';
import type { Confirmation, NewSetupIntent } from '../operations.js';
import type { Ports } from '../ports.js';
import { type Outcome, refuse } from '../refusals.js';
import { confirmSetupIntent } from './confirm.js';
import { createSetupIntent } from './create.js';
import type { SetupIntent } from './setup-intent.js';

/**
 * Creates an intent and confirms it with a saved method at once. The idempotency key covers the confirmation, so that a
 * repeated request verifies nothing twice; if we stop between the two, an intent that nobody was told of is left over.
 */
export async function createAndConfirmSetupIntent(
  ports: Ports,
  call: Call,
  input: NewSetupIntent,
  confirmation: Confirmation,
): Promise<Outcome<SetupIntent>> {
  const key = call.idempotency;
  if (key && (await ports.storage.findIdempotencyRecord(call.scope, key.operation, key.key, ports.clock.now()))) {
    return answerUnderKey(ports, call, 'setup_intent', { kind: 'key_taken' });
  }
  if (input.paymentMethodId === null && confirmation.method.kind === 'current') {
    return answerUnderKey(ports, call, 'setup_intent', refuse('payment_method_missing', {}));
  }
  const created = await createSetupIntent(ports, { ...call, idempotency: null }, input);
  if (created.kind === 'refused') return answerUnderKey(ports, call, 'setup_intent', created);

  return confirmSetupIntent(ports, call, created.value.id, confirmation);
}
