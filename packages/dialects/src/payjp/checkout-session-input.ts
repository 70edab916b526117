import type { NewCheckoutSession } from '@onfile/core';
import type { DialectRequest } from '../dialect.js';
import { EMAIL } from './billing-details.js';
import { DESCRIPTION } from './customer.js';
import { parseCustomer } from './customer-id.js';
import { TYPES } from './entered-card.js';
import type { Fields } from './fields.js';
import { parseMetadata } from './metadata.js';
import { parseUrl } from './return-url.js';
import type { Payjp } from './settings.js';
import { parseThreeDSecureRequest } from './three-d-secure.js';
import { parseTime } from './time.js';

/** A session in setup mode. What only a payment can have is refused rather than dropped. */
export function parseNewCheckoutSession(payjp: Payjp, body: Fields, { call }: DialectRequest): NewCheckoutSession {
  const { mode } = call.scope;
  requireSetupMode(body);
  body.choice('currency', ['jpy']);
  body.choice('ui_mode', ['hosted']);

  return {
    customer: parseCustomer(payjp, body) ?? null,
    customerEmail: body.text('customer_email', EMAIL) ?? null,
    customerCreation: body.choice('customer_creation', ['always', 'if_required']) ?? null,
    clientReferenceId: body.text('client_reference_id', { lengthMax: 255 }) ?? null,
    successUrl: parseUrl(body, 'success_url', { mode, forApps: true }) ?? null,
    cancelUrl: parseUrl(body, 'cancel_url', { mode, forApps: true }) ?? null,
    locale: body.choice('locale', ['auto', 'ja']) ?? null,
    paymentMethodTypes: body.choices('payment_method_types', TYPES) ?? null,
    threeDSecureRequest: parseThreeDSecureRequest(body) ?? null,
    metadata: parseMetadata(body),
    expiresAt: parseTime(body, 'expires_at') ?? null,
    setupIntent: parseSetupFlowData(body),
  };
}

function requireSetupMode(body: Fields): void {
  body.require('mode');
  const mode = body.choice('mode', ['payment', 'setup']);
  if (mode === 'payment') {
    body.report('mode', 'not_allowed', 'Must be setup: this server saves payment methods and takes no payments.');
    return;
  }
  for (const name of ['line_items', 'payment_flow_data', 'submit_type']) {
    if (body.has(name)) body.report(name, 'not_allowed', 'Only in payment mode.');
  }
  const card = body.object('payment_method_options')?.object('card');
  const extended = card?.choice('request_extended_authorization', ['if_available', 'never', 'must_extend']);
  if (extended !== undefined && extended !== 'never') {
    card?.report('request_extended_authorization', 'not_allowed', 'Only in payment mode.');
  }
}

function parseSetupFlowData(body: Fields): NewCheckoutSession['setupIntent'] {
  const data = body.object('setup_flow_data');
  if (data === undefined) return { description: null, metadata: {} };
  return { description: data.text('description', DESCRIPTION) ?? null, metadata: parseMetadata(data) };
}
