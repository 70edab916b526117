import { completeSession, customerOnSuccess } from '../checkout-session/complete.js';
import type { Customer, CustomerRef } from '../customer/customer.js';
import type { ActionRequired, Approved, LookUpAnswer, VerificationAnswer } from '../ports/connector.js';
import type { Ids } from '../ports/ids.js';
import type { Change, LoadedAttempt, Patch } from '../ports/storage.js';
import type { Instant, Uuid } from '../scope.js';
import { needsAuthentication, type SetupIntent } from '../setup-intent/setup-intent.js';
import { type Command, decide } from '../setup-intent/transitions.js';
import { discardEntered, giveUpAttempt } from './give-up.js';
import { ASKING_MS_MAX, AUTHENTICATION_MS_MAX, NOT_FOUND_READS, NOT_FOUND_RETRY_MS, nextCheckAt } from './schedule.js';
import { isOpen, type SetupAttempt, type SetupErrorCode } from './setup-attempt.js';

export interface AnswerContext {
  readonly now: Instant;
  readonly ids: Ids;
  /** How long after an attempt's start "not found" is too early to be believed. */
  readonly settledAfterMs: number;
  /** The intent's customer has been deleted meanwhile. */
  readonly customerGone: boolean;
  /** The intent's customer, whose default method the attempt's method becomes; `null` when nobody wishes that. */
  readonly defaultFor: Customer | null;
}

/** What ends an attempt without a processor's word: the cardholder says that they will not authenticate. */
export interface AuthenticationAbandoned {
  readonly kind: 'authentication_abandoned';
}

/** What follows from an answer; nothing, when the attempt is over or the answer says nothing new. */
export function decideAnswer(
  loaded: LoadedAttempt,
  answer: VerificationAnswer | LookUpAnswer | AuthenticationAbandoned,
  context: AnswerContext,
): readonly Change[] {
  const { attempt, intent } = loaded;
  if (!isOpen(attempt) || intent.latestAttemptId !== attempt.id) return [];

  switch (answer.kind) {
    case 'approved':
      return approve(loaded, answer, context);
    case 'declined':
      return fail(loaded, context, { outcome: 'declined', code: answer.code }, answer.processorReference);
    case 'authentication_failed':
      return fail(loaded, context, AUTHENTICATION_FAILED, answer.processorReference);
    case 'action_required':
      return attempt.state === 'asking' || attempt.state === 'needs_review'
        ? requireAction(loaded, answer, context)
        : waitForCardholder(loaded, context);
    case 'rejected_before_processing':
      return fail(loaded, context, NOT_PROCESSED, null);
    case 'not_found':
      return countNotFound(loaded, context);
    case 'unknown':
      return askAgain(loaded, context);
    case 'authentication_abandoned':
      return attempt.state === 'awaiting_authentication' ? undo(loaded, answer.kind, context) : [];
  }
}

const AUTHENTICATION_FAILED = { outcome: 'authentication_failed', code: 'authentication_failed' } as const;
const NOT_PROCESSED = { outcome: 'not_processed', code: 'not_processed' } as const;

/**
 * "Succeeded" has to mean chargeable: without an authentication that was needed, or a customer to charge, it is no success.
 * The order of the changes is the order of their events.
 */
function approve(loaded: LoadedAttempt, answer: Approved, context: AnswerContext): Change[] {
  const { attempt, intent } = loaded;
  const unauthenticated = needsAuthentication(intent) && !answer.authenticated;
  if (unauthenticated) return undo(loaded, 'authentication_failed', context);
  const { paymentMethod } = loaded;
  if (context.customerGone || paymentMethod === null || !isStillTheirs(paymentMethod, intent)) {
    return undo(loaded, 'not_processed', context);
  }

  const { customer, created } = customerOnSuccess(loaded, context);
  const mandateId = context.ids.next();
  return [
    ...created,
    closeAttempt(attempt, { outcome: 'approved', processorReference: answer.processorReference }, context),
    saveMethod(paymentMethod, customer, answer, context),
    grantMandate(loaded, { id: mandateId, customer }, context),
    moveIntent(intent, 'succeed', context, {
      paymentMethodId: attempt.paymentMethodId,
      customer,
      draft: null,
      mandateId,
      nextAction: null,
      lastSetupError: null,
    }),
    ...completeSession(loaded, customer, context.ids),
    ...makeDefault(attempt, context),
    ...(intent.customer ? [{ kind: 'require_customer', id: intent.customer.id } as const] : []),
  ];
}

/** A saved method may be detached, or given to another customer, while the processor is asked. */
function isStillTheirs(
  { state, customer }: NonNullable<LoadedAttempt['paymentMethod']>,
  { customer: owner }: SetupIntent,
): boolean {
  return state !== 'detached' && (customer === null || customer.id === owner?.id);
}

function saveMethod(
  method: NonNullable<LoadedAttempt['paymentMethod']>,
  customer: CustomerRef | null,
  answer: Approved,
  { now, ids }: AnswerContext,
): Change {
  const attaches = customer !== null && method.customer === null;
  const type = attaches
    ? 'payment_method.attached'
    : method.state === 'draft'
      ? 'payment_method.created'
      : 'payment_method.verified';
  return {
    kind: 'update',
    objectType: 'payment_method',
    id: method.id,
    expect: { version: method.version },
    patch: {
      state: 'usable',
      customer: method.customer ?? customer,
      verifiedAt: now,
      networkTransactionId: answer.networkTransactionId,
      card: { ...method.card, country: answer.country ?? method.card.country },
    },
    event: { id: ids.next(), type },
  };
}

function grantMandate(
  { attempt, intent }: LoadedAttempt,
  { id, customer }: { readonly id: Uuid; readonly customer: CustomerRef | null },
  { now, ids }: AnswerContext,
): Change {
  const object = {
    id,
    scope: intent.scope,
    version: 1,
    status: 'active',
    setupIntentId: intent.id,
    setupAttemptId: attempt.id,
    paymentMethodId: attempt.paymentMethodId,
    customer,
    usage: intent.usage,
    standingInstruction: intent.standingInstruction,
    consent: attempt.consent,
    createdAt: now,
    updatedAt: now,
  } as const;
  return { kind: 'insert', objectType: 'mandate', object, event: { id: ids.next(), type: 'mandate.created' } };
}

function makeDefault({ paymentMethodId }: SetupAttempt, { ids, defaultFor }: AnswerContext): Change[] {
  if (defaultFor === null || defaultFor.defaultPaymentMethodId === paymentMethodId) return [];
  return [
    {
      kind: 'update',
      objectType: 'customer',
      id: defaultFor.id,
      expect: { version: defaultFor.version },
      patch: { defaultPaymentMethodId: paymentMethodId },
      event: { id: ids.next(), type: 'customer.updated' },
    },
  ];
}

function fail(
  { attempt, intent }: LoadedAttempt,
  context: AnswerContext,
  { outcome, code }: { outcome: NonNullable<SetupAttempt['outcome']>; code: SetupErrorCode },
  processorReference: string | null,
): Change[] {
  return [
    closeAttempt(attempt, { outcome, errorCode: code, processorReference }, context),
    failIntent(intent, code, context),
    ...discardEntered(attempt),
  ];
}

/** Fails the intent, and has the processor undo what it may have approved. */
function undo({ attempt, intent }: LoadedAttempt, code: SetupErrorCode, context: AnswerContext): Change[] {
  return [failIntent(intent, code, context), ...giveUpAttempt(attempt, 'abandoned', context.now)];
}

function failIntent(intent: SetupIntent, code: SetupErrorCode, context: AnswerContext): Change {
  const lastSetupError = { code, occurredAt: context.now };
  return moveIntent(intent, 'fail', context, { lastSetupError, nextAction: null, paymentMethodId: null, draft: null });
}

function requireAction({ attempt, intent }: LoadedAttempt, answer: ActionRequired, context: AnswerContext): Change[] {
  const { now } = context;
  const deadlineAt = Math.min(now + AUTHENTICATION_MS_MAX, answer.expiresAt ?? Number.POSITIVE_INFINITY);
  return [
    updateAttempt(attempt, {
      state: 'awaiting_authentication',
      processorReference: answer.processorReference,
      authenticationUrl: answer.url,
      authenticationDeadlineAt: deadlineAt,
      checks: 1,
      nextCheckAt: Math.min(nextCheckAt(1, now), deadlineAt),
    }),
    moveIntent(intent, 'require_action', context, {
      nextAction: { type: 'redirect', url: answer.url, returnUrl: intent.returnUrl },
    }),
  ];
}

/** The cardholder has not finished: look again later, until their time is up. */
function waitForCardholder(loaded: LoadedAttempt, context: AnswerContext): Change[] {
  const { attempt } = loaded;
  const deadlineAt = attempt.authenticationDeadlineAt ?? context.now;
  if (context.now >= deadlineAt) return undo(loaded, 'authentication_abandoned', context);

  const checks = attempt.checks + 1;
  return [updateAttempt(attempt, { checks, nextCheckAt: Math.min(nextCheckAt(checks, context.now), deadlineAt) })];
}

/**
 * "Not found" counts once the request should not turn up any more, and when it is read twice; before, it may just be early. A
 * process that slept since it wrote the attempt down may ask all the same, so the processor is told not to take it.
 */
function countNotFound(loaded: LoadedAttempt, context: AnswerContext): Change[] {
  const { attempt } = loaded;
  const settledAt = attempt.startedAt + context.settledAfterMs;
  const early = context.now < settledAt;
  const notFoundReads = early ? 0 : attempt.notFoundReads + 1;
  if (notFoundReads >= NOT_FOUND_READS) {
    const { code, outcome } = NOT_PROCESSED;
    return [failIntent(loaded.intent, code, context), ...giveUpAttempt(attempt, outcome, context.now)];
  }

  const retryAt = context.now + NOT_FOUND_RETRY_MS;
  const checks = attempt.checks + 1;
  return [
    updateAttempt(attempt, { checks, notFoundReads, nextCheckAt: early ? Math.max(settledAt, retryAt) : retryAt }),
  ];
}

/** An unknown answer is never a no. It is asked for until it is known, or a person has to look. */
function askAgain({ attempt }: LoadedAttempt, { now }: AnswerContext): Change[] {
  if (now >= attempt.startedAt + ASKING_MS_MAX) {
    return [updateAttempt(attempt, { state: 'needs_review', nextCheckAt: null })];
  }
  const checks = attempt.checks + 1;
  return [updateAttempt(attempt, { checks, notFoundReads: 0, nextCheckAt: nextCheckAt(checks, now) })];
}

function closeAttempt(
  attempt: SetupAttempt,
  patch: Partial<Pick<SetupAttempt, 'outcome' | 'errorCode' | 'processorReference'>>,
  { now }: AnswerContext,
): Change {
  return updateAttempt(attempt, { ...patch, state: 'closed', nextCheckAt: null, closedAt: now });
}

function updateAttempt(attempt: SetupAttempt, patch: Extract<Change, { kind: 'update_attempt' }>['patch']): Change {
  return { kind: 'update_attempt', id: attempt.id, expectVersion: attempt.version, patch };
}

function moveIntent(
  intent: SetupIntent,
  command: Command,
  { now, ids }: AnswerContext,
  patch: Patch<SetupIntent>,
): Change {
  const moved = decide(intent, command, { by: 'system', now, patch });
  if (moved.kind === 'refused')
    throw new Error(`an open attempt left its intent ${intent.status}, where ${command} cannot be`);

  return {
    kind: 'update',
    objectType: 'setup_intent',
    id: intent.id,
    expect: { version: intent.version },
    patch: moved.patch,
    event: { id: ids.next(), type: moved.event },
  };
}
