import { hasExpired, type Operations, type Outcome, type SetupIntent, type Uuid } from '@onfile/core';
import type { DialectRequest, Route } from '../dialect.js';
import { PAYMENT_METHOD_TYPES, SETUP_INTENT_LIFETIME_MS } from './choices.js';
import { EXPIRED, SCOPE_MISSING, UNKNOWN_CUSTOMER, WRONG_SESSION_SECRET } from './errors.js';
import { SESSION_SECRET_HEADER } from './headers.js';
import { STANDING_INSTRUCTION_NAMES, STATUS_NAMES, USAGE_NAMES } from './names.js';
import { type Answered, answerWith, operation } from './operation.js';
import { intentOfSecret, renderSessionSecret } from './session-secret.js';
import type { Toast } from './settings.js';
import {
  changesOf,
  parseConfirmation,
  parseNewSetupIntent,
  parseSetupIntentUpdate,
  type SetupIntentUpdate,
} from './setup-intent-input.js';
import { renderTime } from './time.js';
import { parseReference } from './uuid.js';

export function setupIntentRoutes(toast: Toast): readonly Route[] {
  const render = (intent: SetupIntent, _: DialectRequest, operations: Operations) =>
    renderSetupIntent(intent, operations);
  const meaning = ({ refusal }: Extract<Outcome<SetupIntent>, { kind: 'refused' }>) =>
    refusal.code === 'object_not_found' && refusal.facts.object === 'customer' ? UNKNOWN_CUSTOMER : null;

  return [
    operation(toast, {
      method: 'POST',
      path: '/v1/setup-intents',
      body: 'required',
      scope: 'setup_intents:write',
      status: 201,
      parse: ({ body }) => parseNewSetupIntent(body),
      act: (input, { call }, { setupIntents }) =>
        setupIntents.create(call, { ...input, expiresAt: toast.clock.now() + SETUP_INTENT_LIFETIME_MS }),
      meaning,
      render,
    }),
    operation(toast, {
      method: 'GET',
      path: '/v1/setup-intents/:id',
      body: 'none',
      scope: 'setup_intents:read',
      isOpenToIframe: true,
      // A page may read the intent of its session.
      admit: ({ access, headers }) =>
        access === 'browser' && headers[SESSION_SECRET_HEADER] === undefined ? SCOPE_MISSING : null,
      parse: ({ path }) => parseReference(path, 'id', 'setup_intent'),
      act: (id, request, operations) => readIntent(toast, id, request, operations),
      render: (intent, request, operations) =>
        request.access === 'secret' ? renderSetupIntent(intent, operations) : renderForPage(intent, operations),
    }),
    operation(toast, {
      method: 'POST',
      path: '/v1/setup-intents/:id',
      body: 'required',
      scope: 'setup_intents:write',
      parse: ({ path, body }) => {
        const id = parseReference(path, 'id', 'setup_intent');
        const update = parseSetupIntentUpdate(body);
        return id && { id, update };
      },
      act: async (input, request, operations) => {
        const outcome = await updateIntent(toast, input, request, operations);
        // The first answer to the same request goes before every refusal: time alone makes some.
        if (outcome.kind !== 'answered') return outcome;
        return (await operations.setupIntents.firstAnswer(request.call)) ?? outcome;
      },
      meaning,
      render,
    }),
    operation(toast, {
      method: 'POST',
      path: '/v1/setup-intents/:id/confirm',
      body: 'required',
      scope: 'setup_intents:write',
      isOpenToIframe: true,
      parse: ({ path, body }) => {
        const id = parseReference(path, 'id', 'setup_intent');
        const confirmation = parseConfirmation(body);
        return id && { id, ...confirmation };
      },
      act: (confirmation, request, operations) => confirmIntent(toast, confirmation, request, operations),
      // A card that was not saved: the intent waits for another, and its last error tells why.
      failure: ({ status, lastSetupError }, request) =>
        status === 'requires_payment_method' && lastSetupError
          ? toast.errors.decline(lastSetupError.code, request)
          : null,
      render,
    }),
  ];
}

/** An intent as long as it can be used, or after it was; one whose time was up before it was confirmed is gone. */
export async function findLive(
  { clock }: Toast,
  id: Uuid,
  { call }: DialectRequest,
  { setupIntents }: Operations,
): Promise<Outcome<SetupIntent> | Answered> {
  const found = await setupIntents.retrieve(call.scope, id);
  if (found.kind === 'refused') return found;
  const isGone = STATUS_NAMES[found.value.status] === null || hasExpired(found.value, clock.now());
  return isGone ? answerWith(EXPIRED) : found;
}

/** A session secret that is sent has to fit, whoever sends it. */
async function readIntent(
  toast: Toast,
  id: Uuid,
  request: DialectRequest,
  operations: Operations,
): Promise<Outcome<SetupIntent> | Answered> {
  const secret = request.headers[SESSION_SECRET_HEADER];
  if (secret !== undefined && intentOfSecret(secret, request.call.scope, operations) !== id) {
    return answerWith(WRONG_SESSION_SECRET);
  }
  return findLive(toast, id, request, operations);
}

/** What the changes make of an intent has to fit together, so they are decided on the intent as it is. */
async function updateIntent(
  toast: Toast,
  { id, update }: { readonly id: Uuid; readonly update: SetupIntentUpdate },
  request: DialectRequest,
  operations: Operations,
): Promise<Outcome<SetupIntent> | Answered> {
  const { call } = request;
  const found = await findLive(toast, id, request, operations);
  if (found.kind !== 'done') return found;
  const { sessionSecret } = update;
  if (sessionSecret !== undefined && intentOfSecret(sessionSecret, call.scope, operations) !== id) {
    return answerWith(WRONG_SESSION_SECRET);
  }
  const { status, usage, version } = found.value;
  // One that cannot be updated is refused for that, by the domain, whatever else is wrong with what was asked.
  const isOpen = STATUS_NAMES[status] === 'REQUIRES_PAYMENT_METHOD';
  const changes = isOpen ? changesOf(found.value, update) : { usage };
  if ('code' in changes) return answerWith(changes);
  return operations.setupIntents.update(call, id, changes, { expectVersion: version });
}

async function confirmIntent(
  toast: Toast,
  { id, sessionSecret, paymentMethodId }: { id: Uuid; sessionSecret: string; paymentMethodId: Uuid | null },
  request: DialectRequest,
  operations: Operations,
): Promise<Outcome<SetupIntent> | Answered> {
  const { call, access } = request;
  if (intentOfSecret(sessionSecret, call.scope, operations) !== id) {
    const found = access === 'secret' ? await findLive(toast, id, request, operations) : null;
    return found && found.kind !== 'done' ? found : answerWith(WRONG_SESSION_SECRET);
  }
  const confirmed = await operations.setupIntents.confirm(call, id, {
    by: access === 'secret' ? 'merchant' : 'browser',
    method: { kind: 'draft', paymentMethodId },
    returnUrl: null,
    consent: NO_WORDS_OF_OURS,
  });
  const isRepeated = confirmed.kind === 'refused' && confirmed.refusal.code === 'setup_intent_unexpected_status';
  return isRepeated ? confirmAgain(confirmed, { id, paymentMethodId }, request, operations) : confirmed;
}

/** Who confirms what has succeeded with the same card, or with none named, is told so once more. */
async function confirmAgain(
  refused: Outcome<SetupIntent>,
  { id, paymentMethodId }: { readonly id: Uuid; readonly paymentMethodId: Uuid | null },
  { call }: DialectRequest,
  { setupIntents }: Operations,
): Promise<Outcome<SetupIntent>> {
  const found = await setupIntents.retrieve(call.scope, id);
  if (found.kind === 'refused' || found.value.status !== 'succeeded') return refused;
  return paymentMethodId === null || paymentMethodId === found.value.paymentMethodId ? found : refused;
}

/** Who asks the cardholder for consent, and in which words, is not known here: the merchant's page or server. */
export const NO_WORDS_OF_OURS = { textVersion: null, language: null };

/** Without the secret, which the page has; with the mode, which it cannot tell by its token. */
function renderForPage(intent: SetupIntent, operations: Operations) {
  const { sessionSecret: _, ...shown } = renderSetupIntent(intent, operations);
  return { ...shown, livemode: intent.scope.mode === 'live' };
}

function renderSetupIntent(intent: SetupIntent, operations: Operations) {
  const { usage, standingInstruction, draft } = intent;
  const isForMerchant = usage === 'off_session';
  return {
    id: intent.id,
    externalReferenceId: intent.externalReference,
    customerId: intent.customer?.id ?? null,
    sessionSecret: renderSessionSecret(operations, intent),
    paymentMethodId: intent.paymentMethodId ?? draft?.paymentMethodId ?? null,
    paymentMethodTypes: PAYMENT_METHOD_TYPES,
    status: STATUS_NAMES[intent.status],
    usage: USAGE_NAMES[usage],
    creationDate: renderTime(intent.createdAt),
    standingInstructionType: standingInstruction && STANDING_INSTRUCTION_NAMES[standingInstruction],
    mandateId: isForMerchant ? intent.mandateId : null,
  };
}
