import {
  type Confirmation,
  type MethodToConfirm,
  type NewSetupIntent,
  refuse,
  type SetupIntentChanges,
  type Uuid,
} from '@onfile/core';
import type { DialectRequest } from '../dialect.js';
import { DESCRIPTION } from './customer.js';
import { parseCustomer } from './customer-id.js';
import { parseEnteredCard } from './entered-card.js';
import type { Fields } from './fields.js';
import { parseMetadata, parseMetadataChange } from './metadata.js';
import { parseUrl } from './return-url.js';
import type { Payjp } from './settings.js';
import { parseThreeDSecureRequest } from './three-d-secure.js';

/** A flow to create; with `confirm: true`, which only the earlier generation has, to confirm at once. */
export interface NewSetupFlow {
  readonly input: NewSetupIntent;
  readonly confirmation: Confirmation | null;
}

export function parseNewSetupFlow(payjp: Payjp, body: Fields, { call }: DialectRequest): NewSetupFlow {
  const input = parseNewSetupIntent(payjp, body);
  const isConfirmed = body.flag('confirm') ?? false;
  const returnUrl = parseUrl(body, 'return_url', { mode: call.scope.mode, forApps: true }) ?? null;
  if (!isConfirmed && body.has('return_url')) {
    body.report('return_url', 'not_allowed', 'Only together with confirm: true.');
  }
  // The vault takes card numbers out of confirmations only: were this a card route as well, every creation of a flow would
  // have to go to the vault.
  if (body.has('payment_method_data')) {
    body.report('payment_method_data', 'not_allowed', 'Not here; send it to /v2/setup_flows/{id}/confirm.');
  }
  const { paymentMethodId } = input;
  const method: MethodToConfirm = paymentMethodId ? { kind: 'saved', paymentMethodId } : { kind: 'current' };
  const confirmation: Confirmation = { by: 'merchant', method, returnUrl, consent: NO_WORDS_OF_OURS };
  return { input, confirmation: isConfirmed ? confirmation : null };
}

/** A field that is absent stays as it is. */
export function parseSetupFlowChanges(payjp: Payjp, body: Fields): SetupIntentChanges {
  const customer = parseCustomer(payjp, body);
  const description = body.text('description', DESCRIPTION);
  const metadata = parseMetadataChange(body);
  const paymentMethodTypes = parseTypes(body) ?? undefined;
  const threeDSecureRequest = parseThreeDSecureRequest(body);
  const paymentMethodId = parsePaymentMethodId(payjp, body);
  return {
    ...(customer !== undefined && { customer }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(paymentMethodTypes !== undefined && { paymentMethodTypes }),
    ...(threeDSecureRequest !== undefined && { threeDSecureRequest }),
    ...(paymentMethodId !== undefined && { paymentMethodId }),
  };
}

/**
 * A confirmation by the merchant's server (the earlier generation's endpoint) or by a page. A page brings a card and the
 * address to return to, and has no say in anything else: neither in 3-D Secure nor in which saved method is used.
 */
export function parseConfirmation(
  payjp: Payjp,
  body: Fields,
  { access, call }: DialectRequest,
): Confirmation | undefined {
  const { mode } = call.scope;
  const isPage = access === 'browser';
  if (isPage) body.require('return_url');
  else body.flag('use_payjp_sdk');

  const returnUrl = parseUrl(body, 'return_url', { mode, forApps: !isPage }) ?? null;
  const threeDSecureRequest = isPage ? null : (parseThreeDSecureRequest(body) ?? null);
  const method = parseMethod(payjp, body, { isPage });
  if (method?.kind === 'entered' && !isPage && mode === 'live') {
    body.faults.refuse(refuse('raw_card_in_live_mode', {}).refusal);
  }
  return (
    method && {
      by: isPage ? 'browser' : 'merchant',
      method,
      returnUrl,
      ...(threeDSecureRequest && { threeDSecureRequest }),
      consent: NO_WORDS_OF_OURS,
    }
  );
}

function parseNewSetupIntent(payjp: Payjp, body: Fields): NewSetupIntent {
  return {
    customer: parseCustomer(payjp, body) ?? null,
    description: body.text('description', DESCRIPTION) ?? null,
    metadata: parseMetadata(body),
    usage: body.choice('usage', ['on_session', 'off_session']) ?? 'off_session',
    paymentMethodTypes: parseTypes(body),
    threeDSecureRequest: parseThreeDSecureRequest(body) ?? null,
    paymentMethodId: parsePaymentMethodId(payjp, body) ?? null,
  };
}

/** The earlier generation may send `null`, which means the same as nothing. */
function parseTypes(body: Fields): NewSetupIntent['paymentMethodTypes'] {
  if (body.isNull('payment_method_types')) return null;
  return body.choices('payment_method_types', ['card', 'apple_pay']) ?? null;
}

function parsePaymentMethodId({ ids }: Payjp, body: Fields): Uuid | undefined {
  const name = body.eitherName('payment_method_id', 'payment_method');
  return body.reference(name, 'payment_method', ids.paymentMethod.parse);
}

function parseMethod(payjp: Payjp, body: Fields, { isPage }: { isPage: boolean }): MethodToConfirm | undefined {
  const paymentMethodId = isPage ? undefined : parsePaymentMethodId(payjp, body);
  if (!body.has('payment_method_data')) {
    return paymentMethodId ? { kind: 'saved', paymentMethodId } : { kind: 'current' };
  }
  if (paymentMethodId) body.report('payment_method_data', 'not_allowed', 'Not together with a saved payment method.');

  const data = body.object('payment_method_data');
  for (const name of ['customer_id', 'customer', 'metadata']) {
    if (data?.has(name)) data.report(name, 'not_allowed', 'Not here; the setup flow has its own.');
  }
  const card = data && parseEnteredCard(data);
  return card && { kind: 'entered', card };
}

/** The merchant's own page asks the cardholder for consent, in words that we do not know. */
const NO_WORDS_OF_OURS = { textVersion: null, language: null };
