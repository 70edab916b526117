import {
  type CardDetails,
  type CardEntry,
  type CardReference,
  type IntentDraft,
  type MethodUsage,
  NO_ADDRESS,
  type Operations,
  type Outcome,
  type PaymentMethod,
  refuse,
  type SetupIntent,
  type Uuid,
} from '@onfile/core';
import type { DialectRequest, Route } from '../dialect.js';
import type { Fields } from '../fields.js';
import { FUNDING } from './choices.js';
import { IDEMPOTENCY_HEADER, requireHeader, SESSION_SECRET_HEADER } from './headers.js';
import { BRAND_NAMES, METHOD_USAGE_NAMES, METHOD_USAGES, namesOf } from './names.js';
import { operation } from './operation.js';
import { intentOfSecret } from './session-secret.js';
import type { Toast } from './settings.js';
import { NO_WORDS_OF_OURS } from './setup-intent.js';
import { parseReference, parseUuid, uuidOf } from './uuid.js';

export function paymentMethodRoutes(toast: Toast): readonly Route[] {
  return [
    operation(toast, {
      method: 'POST',
      path: '/v1/payment-methods',
      body: 'required',
      scope: 'payment_methods:write',
      isOpenToIframe: true,
      cardFields: { number: 'card.number', cvc: 'card.cvv' },
      parse: ({ body }, { call, headers }) => {
        requireHeader(body, SESSION_SECRET_HEADER, headers[SESSION_SECRET_HEADER] !== undefined);
        requireHeader(body, IDEMPOTENCY_HEADER, call.idempotency !== null);
        const consent = parseConsent(body);
        const card = parseCard(body);
        return card && { ...card, consent };
      },
      act: (card, request, operations) => enterCard(card, request, operations),
      render: ({ draft }) => draft && renderDraft(draft),
    }),
    // Not documented by Toast, whose introduction speaks of it all the same: only a card that was saved is found.
    operation(toast, {
      method: 'GET',
      path: '/v1/payment-methods/:id',
      body: 'none',
      scope: 'payment_methods:read',
      parse: ({ path }) => parseUuid(path, 'id'),
      act: async (id, { call }, { paymentMethods }) => notDetached(await paymentMethods.retrieve(call.scope, id)),
      render: ({ id, card, usage }) => renderMethod(id, card, usage),
    }),
    operation(toast, {
      method: 'POST',
      path: '/v1/payment-methods/:id/detach',
      body: 'optional',
      scope: 'payment_methods:write',
      needsLocation: true,
      parse: ({ path, body }) => {
        const id = parseReference(path, 'id', 'payment_method');
        const customerId = body.isNull('customerId') ? null : (parseUuid(body, 'customerId') ?? null);
        return id && { id, customerId };
      },
      act: ({ id, customerId }, { call }, { paymentMethods }) => paymentMethods.release(call, id, { customerId }),
      render: ({ id, card }) => ({ id, type: 'CARD', card: renderSavedCard(card) }),
    }),
  ];
}

/** A saved card, as far as a customer needs it to choose among theirs. */
export function renderSavedCard(card: CardDetails) {
  return { lastFour: card.last4, expiry: renderExpiry(card), type: BRAND_NAMES[card.brand] };
}

export function renderExpiry({ expMonth, expYear }: CardDetails) {
  return { month: String(expMonth).padStart(2, '0'), year: String(expYear % 100).padStart(2, '0') };
}

/** What was taken out of use is not there any more; another dialect may still show it. */
export function notDetached(found: Outcome<PaymentMethod>): Outcome<PaymentMethod> {
  if (found.kind === 'refused' || found.value.state !== 'detached') return found;
  return refuse('object_not_found', { object: 'payment_method', id: found.value.id });
}

/** Whether the intent is still there to enter a card for, the domain says: after its first answer to the same request. */
async function enterCard(
  { consent, ...card }: Pick<CardEntry, 'card' | 'usage' | 'consent'>,
  { call, access, headers, pageOrigin, vaultUrl }: DialectRequest,
  operations: Operations,
): Promise<Outcome<SetupIntent>> {
  const id = intentOfSecret(headers[SESSION_SECRET_HEADER] ?? '', call.scope, operations);
  if (id === null) return refuse('object_not_found', { object: 'setup_intent', id: '' });

  // Our own frame alone can say which words it showed: a page cannot give another origin than its own.
  const isFromFrame = access === 'browser' && pageOrigin === vaultUrl;
  const by = access === 'secret' ? 'merchant' : 'browser';
  return operations.setupIntents.enterCard(call, id, {
    ...card,
    by,
    consent: isFromFrame ? consent : NO_WORDS_OF_OURS,
  });
}

/** Ours: the words that the frame showed, by their version. Others may leave it out; what they send is not believed. */
function parseConsent(body: Fields): CardEntry['consent'] {
  const consent = body.isNull('consent') ? undefined : body.object('consent');
  const textVersion = consent?.text('textVersion', { lengthMax: 32, form: CONSENT_VERSION });
  const language = consent?.choice('language', ['ja', 'en']);
  return { textVersion: textVersion ?? null, language: language ?? null };
}

const CONSENT_VERSION = { pattern: /^checkout-\d{1,4}$/, message: 'Must be a version of our own words.' };

function parseCard(body: Fields): Pick<CardEntry, 'card' | 'usage'> | undefined {
  body.require('type', 'card');
  const type = body.choice('type', ['CARD', 'CARD_PRESENT']);
  if (type === 'CARD_PRESENT') body.faults.refuse(refuse('payment_method_type_unsupported', { type }).refusal);
  const usage = parseUsage(body);
  const zip = parsePostalCode(body);
  const card = body.object('card');
  card?.require('number', 'cvv', 'expiry');
  const reference = card?.text('number', { lengthMax: 255 }) as CardReference | undefined;
  card?.text('cvv', { lengthMax: 255 });
  const expiry = card && parseExpiry(card);
  if (reference === undefined || expiry === undefined) return undefined;

  const billingDetails = { name: null, email: null, phone: null, address: { ...NO_ADDRESS, zip } };
  return { card: { reference, ...expiry, billingDetails }, usage };
}

function parseUsage(body: Fields): MethodUsage | null {
  const name = body.isNull('usage') ? undefined : body.choice('usage', namesOf(METHOD_USAGES));
  return name === undefined ? null : METHOD_USAGES[name];
}

/** Years have two digits in the documented examples; four are understood too. */
function parseExpiry(card: Fields): { expMonth: number; expYear: number } | undefined {
  const expiry = card.object('expiry');
  expiry?.require('month', 'year');
  const month = expiry?.text('month', { lengthMax: 2, form: MONTH });
  const year = expiry?.text('year', { lengthMax: 4, form: YEAR });
  if (month === undefined || year === undefined) return undefined;
  return { expMonth: Number(month), expYear: year.length === 2 ? CENTURY + Number(year) : Number(year) };
}

const MONTH = { pattern: /^(?:0?[1-9]|1[0-2])$/, message: 'Must be 01 to 12.' };
const YEAR = { pattern: /^(?:\d{2}|\d{4})$/, message: 'Must be a year of two digits.' };
const CENTURY = 2_000;

/** Not required here: the iframe asks for it. The United States' forms and Canada's. */
function parsePostalCode(body: Fields): string | null {
  const details = body.isNull('billingDetails') ? undefined : body.object('billingDetails');
  if (details === undefined || details.isNull('postalCode')) return null;
  return details.text('postalCode', { lengthMax: 10, form: POSTAL_CODE }) ?? null;
}

const POSTAL_CODE = {
  pattern: /^(?:\d{5}(?:-\d{4})?|[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d)$/,
  message: 'Must be a postal code of the United States or Canada.',
};

function renderDraft({ paymentMethodId, card, usage }: IntentDraft) {
  return renderMethod(paymentMethodId, card, usage);
}

function renderMethod(id: Uuid, card: CardDetails, usage: MethodUsage | null) {
  const brand = BRAND_NAMES[card.brand];
  return {
    id,
    type: 'CARD',
    usage: usage && METHOD_USAGE_NAMES[usage],
    card: {
      firstSix: card.bin,
      lastFour: card.last4,
      expiry: renderExpiry(card),
      brand,
      type: brand,
      fingerprint: uuidOf(card.fingerprint),
      funding: FUNDING,
    },
  };
}
