import type { Ports } from '../ports.js';
import { done, type Outcome } from '../refusals.js';
import type { Scope, Uuid } from '../scope.js';
import { settleAttempt } from '../setup-attempt/settle.js';
import { findSetupIntent } from './find.js';
import type { SetupIntent } from './setup-intent.js';

/**
 * The cardholder will not authenticate. They may have done so a moment before, in another window or with a lost reply, so the
 * processor is asked first, and what it says counts. An intent that does not wait for its cardholder stays as it is.
 */
export async function abandonAuthentication(ports: Ports, scope: Scope, id: Uuid): Promise<Outcome<SetupIntent>> {
  const loaded = await findSetupIntent(ports, scope, id);
  if ('kind' in loaded) return loaded;
  const { intent, openAttempt } = loaded;
  const connector = ports.connectors[scope.mode];
  if (openAttempt?.state !== 'awaiting_authentication' || connector === null) return done(intent);

  const answer = await connector.lookUp(scope, openAttempt.id);
  const context = { known: null, idempotency: null };
  const latest = await settleAttempt(ports, openAttempt, answer, context);
  if (latest.status !== 'requires_action') return done(latest);
  return done(await settleAttempt(ports, openAttempt, { kind: 'authentication_abandoned' }, context));
}
