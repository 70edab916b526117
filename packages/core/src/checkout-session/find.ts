import type { CheckoutSessionWithIntent } from '../operations.js';
import type { Ports } from '../ports.js';
import { type Outcome, type Refused, refuse } from '../refusals.js';
import type { Scope, Uuid } from '../scope.js';
import type { CheckoutSession } from './checkout-session.js';

/** The session with its setup intent, or the refusal that there is none. */
export async function findCheckoutSession(
  { storage }: Ports,
  scope: Scope,
  id: Uuid,
): Promise<CheckoutSessionWithIntent | Refused> {
  const found = await storage.loadCheckoutSession(scope, id);
  return found ?? refuse('object_not_found', { object: 'checkout_session', id });
}

/** Adds its setup intent, as it is now, to a session that an operation answers with. */
export async function withIntent(
  ports: Ports,
  outcome: Outcome<CheckoutSession>,
): Promise<Outcome<CheckoutSessionWithIntent>> {
  if (outcome.kind === 'refused') return outcome;

  const session = outcome.value;
  const found = await findCheckoutSession(ports, session.scope, session.id);
  return 'kind' in found ? found : { ...outcome, value: { session, intent: found.intent } };
}
