import type { Call } from '../call.js';
import type { Confirmation } from '../operations.js';
import type { Connector } from '../ports/connector.js';
import type { Change, Expectation, IdempotencyStep, LoadedSetupIntent } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { firstRefusal, type Refused, refuse } from '../refusals.js';
import type { Instant, Uuid } from '../scope.js';
import { giveUpAttempt } from '../setup-attempt/give-up.js';
import { nextCheckAt } from '../setup-attempt/schedule.js';
import type { SetupAttempt } from '../setup-attempt/setup-attempt.js';
import type { Begun } from './confirm.js';
import { discardDraft } from './draft.js';
import { findSetupIntent } from './find.js';
import { findMethodToConfirm, type MethodAtHand, sealEnteredCard } from './method-at-hand.js';
import type { SetupIntent } from './setup-intent.js';
import { decide, guard, MOVES, patchFor } from './transitions.js';

const BEGINNINGS_MAX = 4;

/** What every part of a beginning needs to know. */
interface Beginning {
  readonly call: Call;
  readonly id: Uuid;
  readonly confirmation: Confirmation;
  readonly connector: Connector;
  readonly attemptId: Uuid;
}

/**
 * Commits that the processor is about to be asked. With a card entered now, the first try rests on a guard and takes one
 * round trip; where that does not hold (an attempt waits for the cardholder, or the answer is no) the intent is loaded.
 */
export async function beginAttempt(
  ports: Ports,
  call: Call,
  id: Uuid,
  confirmation: Confirmation,
  connector: Connector,
): Promise<Begun> {
  const { method } = confirmation;
  const attemptId = ports.ids.next();
  const beginning = { call, id, confirmation, connector, attemptId };
  const raw = refuseRawCard(call, confirmation);
  const entered =
    method.kind === 'entered' ? (raw ?? (await sealEnteredCard(ports, call, method.card, attemptId))) : null;
  if (entered?.kind === 'at_hand' && !lacksReturnUrl(confirmation)) {
    const begun = await commitBeginning(ports, beginning, entered, guardedBeginning(ports, beginning));
    if (begun !== 'stale') return begun;
  }
  for (let tries = 0; tries < BEGINNINGS_MAX; tries += 1) {
    const loaded = await findSetupIntent(ports, call.scope, id);
    if ('kind' in loaded) return loaded;
    const at = await loadedBeginning(ports, beginning, loaded, entered);
    if ('kind' in at) return at;
    const begun = await commitBeginning(ports, beginning, at.method, at.start);
    if (begun !== 'stale') return begun;
  }
  return refuse('too_many_changes_at_once', {});
}

/** From which intent an attempt begins: known by a guard only, or loaded, with what has to go first. */
interface Start {
  readonly expect: Expectation;
  readonly before: readonly Change[];
  readonly attemptsLeft: number | null;
}

function guardedBeginning(ports: Ports, { confirmation }: Beginning): Start {
  const expectation = guard('confirm', { by: confirmation.by, now: ports.clock.now() });
  const statusIn = ['requires_payment_method', 'requires_confirmation'] as const;
  return { expect: { ...expectation, statusIn, isPlain: true }, before: [], attemptsLeft: null };
}

async function loadedBeginning(
  ports: Ports,
  { confirmation }: Beginning,
  { intent, openAttempt }: LoadedSetupIntent,
  entered: MethodAtHand | Refused | null,
): Promise<{ method: MethodAtHand; start: Start } | Refused> {
  const now = ports.clock.now();
  const moved = decide(intent, 'confirm', { by: confirmation.by, now });
  const method = entered ?? (await findMethodToConfirm(ports, intent, savedIn(confirmation)));
  const refused = firstRefusal([
    moved.kind === 'refused' ? moved : null,
    intent.attemptsLeft === 0 ? refuse('setup_intent_attempts_exhausted', {}) : null,
    lacksReturnUrl(confirmation) && intent.threeDSecureRequest !== 'none' ? refuse('return_url_missing', {}) : null,
    method.kind === 'refused' ? method : null,
  ]);
  if (refused) return refused;

  const { draft } = method as MethodAtHand;
  const before = [
    ...(openAttempt ? giveUpAttempt(openAttempt, 'superseded', now) : []),
    ...(draft === null ? discardDraft(intent, openAttempt) : []),
  ];
  const attemptsLeft = intent.attemptsLeft === null ? null : intent.attemptsLeft - 1;
  return { method: method as MethodAtHand, start: { expect: { version: intent.version }, before, attemptsLeft } };
}

async function commitBeginning(
  ports: Ports,
  beginning: Beginning,
  method: MethodAtHand,
  { expect, before, attemptsLeft }: Start,
): Promise<Begun | 'stale'> {
  const { call, confirmation } = beginning;
  const attemptId = method.draft?.attemptId ?? beginning.attemptId;
  const now = ports.clock.now();
  const attempt = newAttempt({ ...beginning, attemptId }, method, now);
  const asked: Change = {
    kind: 'update',
    objectType: 'setup_intent',
    id: beginning.id,
    expect,
    patch: patchFor('confirm', {
      latestAttemptId: attemptId,
      draft: method.draft,
      attemptsLeft,
      paymentMethodId: method.origin === 'saved' ? method.paymentMethod.id : null,
      returnUrl: confirmation.returnUrl,
      nextAction: null,
      lastSetupError: null,
      ...(confirmation.threeDSecureRequest && { threeDSecureRequest: confirmation.threeDSecureRequest }),
    }),
    event: { id: ports.ids.next(), type: MOVES.confirm.event },
  };
  const drafted: Change[] =
    method.origin === 'entered' && method.draft === null
      ? [{ kind: 'insert_draft', paymentMethod: method.paymentMethod, sealed: method.sealed }]
      : [];
  const changes: Change[] = [asked, ...before, ...drafted, { kind: 'insert_attempt', attempt }];
  const idempotency: IdempotencyStep | null = call.idempotency && { step: 'begin', entry: call.idempotency, attemptId };

  const result = await ports.storage.commit({ scope: call.scope, at: now, changes, idempotency });
  if (result.kind === 'stale' || result.kind === 'key_taken') return result.kind === 'stale' ? 'stale' : result;
  if (result.kind === 'customer_id_taken') throw new Error('beginning an attempt inserts no customer');
  return { kind: 'begun', intent: result.objects[0] as SetupIntent, attempt, method };
}

function newAttempt(
  { call, id, confirmation, connector, attemptId }: Beginning,
  method: MethodAtHand,
  now: Instant,
): SetupAttempt {
  return {
    id: attemptId,
    scope: call.scope,
    version: 1,
    setupIntentId: id,
    paymentMethodId: method.paymentMethod.id,
    paymentMethodOrigin: method.origin,
    connector: connector.name,
    state: 'asking',
    outcome: null,
    errorCode: null,
    processorReference: null,
    authenticationUrl: null,
    authenticationDeadlineAt: null,
    returnedAt: null,
    consent: method.draft?.consent ?? {
      acceptedAt: now,
      clientAddress: call.client.address,
      userAgent: call.client.userAgent,
      ...confirmation.consent,
    },
    makesDefault: confirmation.makesDefault ?? false,
    nextCheckAt: nextCheckAt(0, now),
    checks: 0,
    notFoundReads: 0,
    startedAt: now,
    closedAt: null,
  };
}

/** In live mode a card number comes through our own pages and frames, never through the merchant's server. */
function refuseRawCard({ scope }: Call, { by, method }: Confirmation): Refused | null {
  const isRaw = scope.mode === 'live' && by === 'merchant' && method.kind === 'entered';
  return isRaw ? refuse('raw_card_in_live_mode', {}) : null;
}

function lacksReturnUrl({ by, returnUrl }: Confirmation): boolean {
  return by !== 'merchant' && returnUrl === null;
}

function savedIn({ method }: Confirmation): Exclude<Confirmation['method'], { kind: 'entered' }> {
  return method.kind === 'entered' ? { kind: 'current' } : method;
}
