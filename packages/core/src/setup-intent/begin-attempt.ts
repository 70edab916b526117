import type { Call } from '../call.js';
import { refuseLimited } from '../committing.js';
import { limitConfirmation } from '../limits/limit-confirmation.js';
import { ATTACK_MS, type LimitReached } from '../limits/limits.js';
import type { Confirmation } from '../operations.js';
import type { Connector } from '../ports/connector.js';
import type { Change, Expectation, IdempotencyStep, LoadedSetupIntent, Stale } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { firstRefusal, type Refused, refuse } from '../refusals.js';
import type { Instant, Uuid } from '../scope.js';
import { giveUpAttempt } from '../setup-attempt/give-up.js';
import { nextCheckAt } from '../setup-attempt/schedule.js';
import type { SetupAttempt } from '../setup-attempt/setup-attempt.js';
import type { Begun } from './confirm.js';
import { discardDraft } from './draft.js';
import { endExhausted } from './end-exhausted.js';
import { findSetupIntent } from './find.js';
import { findMethodToConfirm, type MethodAtHand, sealEnteredCard } from './method-at-hand.js';
import { needsAuthentication, type SetupIntent } from './setup-intent.js';
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
 * An intent on which as much was tried as may be ends here.
 */
export async function beginAttempt(
  ports: Ports,
  call: Call,
  id: Uuid,
  confirmation: Confirmation,
  connector: Connector,
): Promise<Begun> {
  const begun = await tryToBegin(ports, { call, id, confirmation, connector, attemptId: ports.ids.next() });
  const isExhausted = begun.kind === 'refused' && begun.refusal.code === 'setup_intent_attempts_exhausted';
  if (isExhausted) await endExhausted(ports, call.scope, id);
  return begun;
}

/** A card that was entered for an attempt that does not begin leaves nothing: the vault has room for so many codes only. */
async function tryToBegin(ports: Ports, beginning: Beginning): Promise<Begun> {
  const { call, confirmation, attemptId } = beginning;
  const { method } = confirmation;
  const raw = refuseRawCard(call, confirmation);
  const entered =
    method.kind === 'entered' ? (raw ?? (await sealEnteredCard(ports, call, method.card, attemptId))) : null;
  let begun: Begun | null = null;
  try {
    begun = await beginWith(ports, beginning, entered);
    return begun;
  } finally {
    if (begun?.kind !== 'begun' && entered?.kind === 'at_hand') {
      const { scope } = call;
      ports.vault.forgetCode({ scope, paymentMethodId: entered.paymentMethod.id, attemptId });
    }
  }
}

async function beginWith(ports: Ports, beginning: Beginning, entered: MethodAtHand | Refused | null): Promise<Begun> {
  const { call, confirmation, id } = beginning;
  let isUnderAttack = false;
  if (entered?.kind === 'at_hand' && !lacksReturnUrl(confirmation)) {
    const begun = await commitBeginning(ports, beginning, entered, guardedBeginning(ports, beginning));
    if (begun.kind !== 'stale' && begun.kind !== 'under_attack') return begun;
    isUnderAttack = begun.kind === 'under_attack';
  }
  for (let tries = 0; tries < BEGINNINGS_MAX; tries += 1) {
    const loaded = await findSetupIntent(ports, call.scope, id);
    if ('kind' in loaded) return loaded;
    const at = await loadedBeginning(ports, { ...beginning, isUnderAttack }, loaded, entered);
    if (at.kind === 'refused') return at;
    if (at.kind === 'stale') continue;
    const begun = await commitBeginning(ports, beginning, at.method, at.start);
    if (begun.kind !== 'stale' && begun.kind !== 'under_attack') return begun;
    isUnderAttack ||= begun.kind === 'under_attack';
  }
  return refuse('too_many_changes_at_once', {});
}

/** From which intent an attempt begins: known by a guard only, or loaded, with what has to go first. */
interface Start {
  readonly expect: Expectation;
  readonly before: readonly Change[];
  /** `required`: by us, since somebody tries cards out at the merchant. `unknown`: as the intent says, which is not loaded. */
  readonly authentication: 'unknown' | 'needed' | 'required' | 'not_needed';
  /** The intent's; `null` also where it is not loaded. */
  readonly expiresAt: Instant | null;
}

interface CanBegin {
  readonly kind: 'can_begin';
  readonly method: MethodAtHand;
  readonly start: Start;
}

function guardedBeginning(ports: Ports, { confirmation }: Beginning): Start {
  const expectation = guard('confirm', { by: confirmation.by, now: ports.clock.now() });
  const statusIn = ['requires_payment_method', 'requires_confirmation'] as const;
  return {
    expect: { ...expectation, statusIn, isPlain: true },
    before: [],
    authentication: 'unknown',
    expiresAt: null,
  };
}

async function loadedBeginning(
  ports: Ports,
  { confirmation, isUnderAttack }: Beginning & { readonly isUnderAttack: boolean },
  { intent, openAttempt }: LoadedSetupIntent,
  entered: MethodAtHand | Refused | null,
): Promise<CanBegin | Stale | Refused> {
  const now = ports.clock.now();
  const { expiresAt } = intent;
  const moved = decide(intent, 'confirm', { by: confirmation.by, now });
  const method = entered ?? (await findMethodToConfirm(ports, intent, savedIn(confirmation)));
  const authentication = authenticationFor(intent, confirmation, isUnderAttack);
  const refused = firstRefusal([
    moved.kind === 'refused' ? moved : null,
    intent.attemptsLeft === 0 ? refuse('setup_intent_attempts_exhausted', { expiresAt }) : null,
    authentication === 'impossible' ? refuseLimited(ports, { limit: 'attack', retryAt: now + ATTACK_MS }) : null,
    lacksReturnUrl(confirmation) && intent.threeDSecureRequest !== 'none' ? refuse('return_url_missing', {}) : null,
    method.kind === 'refused' ? method : null,
  ]);
  if (refused || authentication === 'impossible') return refused as Refused;
  if (method.kind !== 'at_hand') return method;

  const { draft } = method;
  const before = [
    ...(openAttempt ? giveUpAttempt(openAttempt, 'superseded', now) : []),
    ...(draft === null ? discardDraft(intent, openAttempt) : []),
  ];
  return {
    kind: 'can_begin',
    method,
    start: { expect: { version: intent.version }, before, authentication, expiresAt },
  };
}

/** While somebody tries cards out at the merchant, a browser's cardholder is authenticated, or waits. */
function authenticationFor(
  intent: SetupIntent,
  { by, threeDSecureRequest: asked }: Confirmation,
  isUnderAttack: boolean,
): Start['authentication'] | 'impossible' {
  const threeDSecureRequest = asked ?? intent.threeDSecureRequest;
  if (needsAuthentication({ ...intent, threeDSecureRequest })) return 'needed';
  if (!isUnderAttack || by === 'merchant') return 'not_needed';
  return threeDSecureRequest === 'none' ? 'impossible' : 'required';
}

type NotBegun = Stale | { readonly kind: 'under_attack' };

async function commitBeginning(
  ports: Ports,
  beginning: Beginning,
  method: MethodAtHand,
  start: Start,
): Promise<Begun | NotBegun> {
  const { call } = beginning;
  const attemptId = method.draft?.attemptId ?? beginning.attemptId;
  const now = ports.clock.now();
  const attempt = newAttempt({ ...beginning, attemptId }, method, now);
  const drafted: Change[] =
    method.origin === 'entered' && method.draft === null
      ? [{ kind: 'insert_draft', paymentMethod: method.paymentMethod, sealed: method.sealed }]
      : [];
  const changes: Change[] = [
    beginningOf(ports, beginning, attempt, { method, start }),
    ...start.before,
    ...drafted,
    { kind: 'insert_attempt', attempt },
    ...limitsOf(ports, beginning, { method, start }),
  ];
  const idempotency: IdempotencyStep | null = call.idempotency && { step: 'begin', entry: call.idempotency, attemptId };

  const result = await ports.storage.commit({ scope: call.scope, at: now, changes, idempotency });
  if (result.kind === 'stale' || result.kind === 'key_taken') return result;
  if (result.kind === 'limited') return stopped(ports, result, start);
  if (result.kind === 'customer_id_taken') throw new Error('beginning an attempt inserts no customer');
  return { kind: 'begun', intent: result.objects[0] as SetupIntent, attempt, method };
}

interface BeginningWith {
  readonly method: MethodAtHand;
  readonly start: Start;
}

function beginningOf(
  { ids }: Ports,
  { id, confirmation }: Beginning,
  attempt: SetupAttempt,
  { method, start }: BeginningWith,
): Change {
  const { threeDSecureRequest } =
    start.authentication === 'required' ? { threeDSecureRequest: 'any' as const } : confirmation;
  return {
    kind: 'update',
    objectType: 'setup_intent',
    id,
    expect: start.expect,
    takesAttempt: true,
    patch: patchFor('confirm', {
      latestAttemptId: attempt.id,
      draft: method.draft,
      paymentMethodId: method.origin === 'saved' ? method.paymentMethod.id : null,
      returnUrl: confirmation.returnUrl,
      nextAction: null,
      lastSetupError: null,
      ...(threeDSecureRequest && { threeDSecureRequest }),
    }),
    event: { id: ids.next(), type: MOVES.confirm.event },
  };
}

function limitsOf(
  ports: Ports,
  { call, id, confirmation }: Beginning,
  { method, start }: BeginningWith,
): readonly Change[] {
  const isAuthenticated = start.authentication === 'needed' || start.authentication === 'required';
  const isWatched = confirmation.by !== 'merchant' && !isAuthenticated && ports.limits[call.scope.mode] !== null;
  return [
    ...(isWatched ? [{ kind: 'require_no_attack' } as const] : []),
    ...limitConfirmation(ports, call, confirmation, { id, method }),
  ];
}

function stopped(ports: Ports, reached: LimitReached, { expiresAt }: Start): Refused | NotBegun {
  if (reached.limit === 'attack') return { kind: 'under_attack' };
  if (reached.limit === 'cards_of_setup') return refuse('setup_intent_attempts_exhausted', { expiresAt });
  return refuseLimited(ports, reached);
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
