import type { NewSetupIntent, SetupIntent, SetupIntentChanges, StandingInstruction, Usage, Uuid } from '@onfile/core';
import type { Fields } from '../fields.js';
import { CODES, CONFIRM_ATTEMPTS_MAX, REFERENCE_LENGTH_MAX, usageWhenAbsent } from './choices.js';
import type { ToastError } from './error-message.js';
import { namesOf, STANDING_INSTRUCTIONS, USAGES } from './names.js';
import { parseUuid } from './uuid.js';

export function parseNewSetupIntent(body: Fields): NewSetupIntent {
  const customerId = parseCustomerId(body) ?? null;
  const standingInstruction = parseStandingInstruction(body) ?? null;
  const usage = parseUsage(body) ?? usageWhenAbsent(standingInstruction);
  const error = faultTogether({ usage, standingInstruction, customerId });
  if (error) body.report(error.fieldName, error.kind, error.message);
  return {
    customer: customerId && { id: customerId },
    description: null,
    metadata: {},
    usage,
    standingInstruction,
    externalReference: parseExternalReference(body) ?? null,
    paymentMethodTypes: null,
    // This API knows no 3-D Secure: it has no step for the cardholder to go to their bank.
    threeDSecureRequest: 'none',
    paymentMethodId: null,
    attemptsMax: CONFIRM_ATTEMPTS_MAX,
  };
}

export interface SetupIntentUpdate {
  readonly customerId: Uuid | null | undefined;
  readonly usage: Usage | undefined;
  readonly standingInstruction: StandingInstruction | null | undefined;
  readonly sessionSecret: string | undefined;
}

export function parseSetupIntentUpdate(body: Fields): SetupIntentUpdate {
  return {
    customerId: parseCustomerId(body),
    usage: parseUsage(body),
    standingInstruction: parseStandingInstruction(body),
    sessionSecret: body.isNull('sessionSecret') ? undefined : body.text('sessionSecret', SECRET),
  };
}

/** The changes that an update asks for, on the intent as it is; or what would not fit together afterwards. */
export function changesOf(intent: SetupIntent, update: SetupIntentUpdate): SetupIntentChanges | ToastError {
  const { customerId, standingInstruction } = update;
  const usage = update.usage ?? intent.usage;
  const keptInstruction = usage === 'off_session' ? intent.standingInstruction : null;
  const next = {
    usage,
    standingInstruction: standingInstruction === undefined ? keptInstruction : standingInstruction,
    customerId: customerId === undefined ? (intent.customer?.id ?? null) : customerId,
  };
  const fault = faultTogether(next);
  if (fault) return errorOf(fault);
  return {
    usage,
    standingInstruction: next.standingInstruction,
    ...(customerId !== undefined && { customer: customerId && { id: customerId } }),
  };
}

export function parseConfirmation(body: Fields): { sessionSecret: string; paymentMethodId: Uuid | null } {
  body.require('sessionSecret');
  return {
    sessionSecret: body.text('sessionSecret', SECRET) ?? '',
    paymentMethodId: body.isNull('paymentMethodId') ? null : (parseUuid(body, 'paymentMethodId') ?? null),
  };
}

const SECRET = { lengthMin: 1, lengthMax: 255 };

interface Together {
  readonly usage: Usage;
  readonly standingInstruction: StandingInstruction | null;
  readonly customerId: Uuid | null;
}

interface FaultTogether {
  readonly fieldName: string;
  readonly kind: 'missing' | 'value';
  readonly message: string;
}

/** A card for the customer's own use needs a customer; one for the merchant's, the reason why it will be charged. */
function faultTogether({ usage, standingInstruction, customerId }: Together): FaultTogether | null {
  const fieldName = 'standingInstructionType';
  if (usage === 'off_session') {
    return standingInstruction === null ? { fieldName, kind: 'missing', message: 'Required for OFF_SESSION.' } : null;
  }
  if (standingInstruction !== null) return { fieldName, kind: 'value', message: 'Not for ON_SESSION.' };
  return customerId === null ? { fieldName: 'customerId', kind: 'missing', message: 'Required for ON_SESSION.' } : null;
}

function errorOf({ fieldName, kind, message }: FaultTogether): ToastError {
  const code = kind === 'missing' ? CODES.missingField : CODES.invalidField;
  return { status: 400, code, fieldName, message: `${fieldName}: ${message}` };
}

function parseCustomerId(body: Fields): Uuid | null | undefined {
  return body.isNull('customerId') ? null : parseUuid(body, 'customerId');
}

function parseUsage(body: Fields): Usage | undefined {
  const name = body.isNull('usage') ? undefined : body.choice('usage', namesOf(USAGES));
  return name && USAGES[name];
}

function parseStandingInstruction(body: Fields): StandingInstruction | null | undefined {
  if (body.isNull('standingInstructionType')) return null;
  const name = body.choice('standingInstructionType', namesOf(STANDING_INSTRUCTIONS));
  return name && STANDING_INSTRUCTIONS[name];
}

function parseExternalReference(body: Fields): string | null | undefined {
  if (body.isNull('externalReferenceId')) return null;
  return body.text('externalReferenceId', { lengthMin: 1, lengthMax: REFERENCE_LENGTH_MAX });
}
