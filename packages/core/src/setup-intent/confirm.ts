import type { Call } from '../call.js';
import { answerUnderKey, type KeyTaken } from '../committing.js';
import type { Confirmation } from '../operations.js';
import type { Connector } from '../ports/connector.js';
import type { CardToSend } from '../ports/vault.js';
import type { Ports } from '../ports.js';
import { done, type Outcome, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { settleAttempt } from '../setup-attempt/settle.js';
import type { SetupAttempt } from '../setup-attempt/setup-attempt.js';
import { stateTokenOf } from '../setup-attempt/state-token.js';
import { beginAttempt } from './begin-attempt.js';
import type { MethodAtHand } from './method-at-hand.js';
import { needsAuthentication, type SetupIntent } from './setup-intent.js';

/** An attempt that is on record and whose processor may now be asked. */
export interface BegunAttempt {
  readonly kind: 'begun';
  readonly intent: SetupIntent;
  readonly attempt: SetupAttempt;
  readonly method: MethodAtHand;
}

/**
 * Runs an attempt: writes down that the processor will be asked, asks, writes down the answer. Two round trips to the
 * database besides the processor's. If we stop anywhere between, the attempt is found and finished by a job.
 */
export async function confirmSetupIntent(
  ports: Ports,
  call: Call,
  id: Uuid,
  confirmation: Confirmation,
): Promise<Outcome<SetupIntent>> {
  const connector = ports.connectors[call.scope.mode];
  const begun = connector
    ? await beginAttempt(ports, call, id, confirmation, connector)
    : refuse('processor_missing', { mode: call.scope.mode });
  if (begun.kind !== 'begun') return answerUnderKey(ports, call, 'setup_intent', begun);

  return done(await askAndSettle(ports, call, connector as Connector, begun));
}

export type Begun = BegunAttempt | KeyTaken | Extract<Outcome<never>, { kind: 'refused' }>;

async function askAndSettle(
  ports: Ports,
  call: Call,
  connector: Connector,
  { intent, attempt, method }: BegunAttempt,
): Promise<SetupIntent> {
  const answer = await connector.verify({
    scope: attempt.scope,
    reference: attempt.id,
    idempotencyKey: ports.derivedSecrets.derive('processor-idempotency', attempt.scope, attempt.id),
    card: cardToSend(attempt, method),
    billingDetails: method.paymentMethod.billingDetails,
    authentication: needsAuthentication(intent) ? 'required' : 'none',
    returnUrl: ports.authenticationReturnUrl(stateTokenOf(ports, attempt)),
  });
  const known =
    intent.checkoutSessionId === null
      ? { attempt, intent, paymentMethod: method.paymentMethod, checkoutSession: null }
      : null;
  return settleAttempt(ports, attempt, answer, { known, idempotency: call.idempotency });
}

function cardToSend(attempt: SetupAttempt, { sealed, paymentMethod }: MethodAtHand): CardToSend {
  const { expMonth, expYear } = paymentMethod.card;
  return { scope: attempt.scope, paymentMethodId: paymentMethod.id, sealed, expMonth, expYear, attemptId: attempt.id };
}
