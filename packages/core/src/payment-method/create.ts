import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import { customerRef } from '../customer/customer.js';
import { findCustomer } from '../customer/find.js';
import { checkMetadataSize } from '../metadata.js';
import type { NewPaymentMethod } from '../operations.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { type Outcome, refuse } from '../refusals.js';
import { sealEnteredCard } from '../setup-intent/method-at-hand.js';
import type { PaymentMethod } from './payment-method.js';

/**
 * Stores a raw card that the merchant's server sent, without asking the issuer. Test mode only: in live mode card numbers
 * come through our own pages and frames.
 */
export async function createPaymentMethod(
  ports: Ports,
  call: Call,
  input: NewPaymentMethod,
): Promise<Outcome<PaymentMethod>> {
  // A reference is good for one seal, and a decision may be made more than once.
  let sealing: ReturnType<typeof sealEnteredCard> | undefined;
  return decideAndCommit(ports, call, 'payment_method', async () => {
    if (call.scope.mode === 'live') return refuse('raw_card_in_live_mode', {});
    const refused = checkMetadataSize(input.metadata);
    if (refused) return refused;
    const customer = input.customer && (await findCustomer(ports, call.scope, input.customer));
    if (customer && 'kind' in customer) return customer;
    sealing ??= sealEnteredCard(ports, call, input.card, null);
    const entered = await sealing;
    if (entered.kind === 'refused') return entered;

    const object: PaymentMethod = {
      ...entered.paymentMethod,
      version: 1,
      state: 'usable',
      customer: customer && customerRef(customer),
      metadata: input.metadata,
    };
    const type = customer ? 'payment_method.attached' : 'payment_method.created';
    const changes: Change[] = [
      { kind: 'insert', objectType: 'payment_method', object, event: { id: ports.ids.next(), type } },
      { kind: 'insert_sealed_card', paymentMethodId: object.id, sealed: entered.sealed },
      ...(customer ? [{ kind: 'require_customer', id: customer.id } as const] : []),
    ];
    return { kind: 'plan', changes, answerIndex: 0 };
  });
}
