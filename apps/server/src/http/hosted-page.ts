import {
  CONSENT_VERSION,
  chooseLocale,
  earliestMonthAt,
  type FieldProblems,
  type HostedFormReading,
  type HostedPageView,
  hostedAssetHeaders,
  hostedAssets,
  hostedPageAddress,
  type Locale,
  NOTHING_KEPT,
  parseHostedForm,
  parseHostedQuery,
  problemsOfCardFault,
  renderHostedPage,
} from '@onfile/browser';
import {
  type CardFault,
  type CardReference,
  type CheckoutSessionWithIntent,
  type Clock,
  NO_ADDRESS,
  type Operations,
  type Refusal,
  StorageFault,
} from '@onfile/core';
import type { PayjpDialect } from '@onfile/dialects';
import type { LocalVault } from '@onfile/vault';
import { faultOf, readBytes } from './body.js';
import { readContentType } from './content-type.js';
import { cardholderOf } from './dialect-routes.js';
import {
  type Checked,
  type CheckFailed,
  fault,
  type HttpAnswer,
  type HttpRequest,
  type HttpRoute,
  ok,
} from './http-route.js';
import { CARD_BODY_BYTES_MAX } from './limits.js';
import { renderProblem } from './problem.js';
import { parseQuery } from './query.js';

export interface HostedPageHost {
  readonly operations: Operations;
  readonly vault: Pick<LocalVault, 'takeCardFromForm' | 'discard'>;
  /** Whose ids the pages' addresses hold. */
  readonly dialect: Pick<PayjpDialect, 'ids'>;
  readonly clock: Clock;
  readonly vaultUrl: () => string;
}

/** The hosted page and what it links. It works by plain forms: every post is answered with a redirect to the page itself. */
export function hostedPageRoutes(host: HostedPageHost): readonly HttpRoute[] {
  return [
    { method: 'GET', path: '/setup/:id', handle: (request) => guarded(request, () => showPage(request, host)) },
    { method: 'POST', path: '/setup/:id', handle: (request) => guarded(request, () => takeForm(request, host)) },
    ...hostedAssets().map(
      ({ path, contentType, body }): HttpRoute => ({
        method: 'GET',
        path,
        handle: async () => ({ status: 200, headers: hostedAssetHeaders(contentType), body }),
      }),
    ),
  ];
}

/** A cardholder is told in words, too, when something that we need is down. */
async function guarded(request: HttpRequest, answer: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error;
    request.notes.fault = 'storage_unavailable';
    return renderView({ state: 'unavailable', reason: 'busy', retryAfterSeconds: 5, ...placeOf(request, null, null) });
  }
}

type Found = CheckoutSessionWithIntent & { readonly merchantName: string };

async function showPage(request: HttpRequest, host: HostedPageHost): Promise<HttpAnswer> {
  const found = await findSession(request, host);
  return renderView(found === null ? notFound(request) : await viewOf(found, request, host));
}

async function findSession(
  { params, notes }: HttpRequest,
  { dialect, operations }: HostedPageHost,
): Promise<Found | null> {
  const id = dialect.ids.checkoutSession.parse(params.id ?? '');
  const found = id === null ? null : await operations.checkoutSessions.retrieveForPage(id);
  if (found !== null) notes.merchantId = found.session.scope.merchantId;
  return found;
}

/** How recent a result has to be for the page to lead on by itself; opened again later, it stays. */
const JUST_NOW_MS = 60_000;

async function viewOf(found: Found, request: HttpRequest, host: HostedPageHost): Promise<HostedPageView> {
  const { session, intent } = found;
  const now = host.clock.now();
  const page = pageOf(found, request);
  if (session.status === 'expired') return { state: 'expired', ...page };

  switch (intent.status) {
    case 'succeeded':
      return savedView(found, page, host);
    case 'canceled':
      return { state: 'canceled', ...page };
    case 'processing':
      return { state: 'processing', checksDone: wishesOf(request).checksDone, ...page };
    case 'requires_action':
      if (intent.nextAction === null) return { state: 'processing', checksDone: 0, ...page };
      return { state: 'challenge', continueUrl: intent.nextAction.url, ...page };
    case 'requires_payment_method':
    case 'requires_confirmation':
      return now >= session.expiresAt ? { state: 'expired', ...page } : formView(found, page);
  }
}

type Page = ReturnType<typeof pageOf>;

function formView({ session, intent }: Found, page: Page): HostedPageView {
  const form = {
    usage: intent.usage,
    latestAttemptId: intent.latestAttemptId,
    values: { ...NOTHING_KEPT, email: session.customerEmail ?? '' },
  };
  if (intent.lastSetupError === null) return { state: 'form', problems: {}, ...form, ...page };
  return { state: 'declined', reason: intent.lastSetupError.code, ...form, ...page };
}

async function savedView({ session, intent }: Found, page: Page, host: HostedPageHost): Promise<HostedPageView> {
  const { paymentMethodId, scope, updatedAt } = intent;
  const method =
    paymentMethodId === null ? null : await host.operations.paymentMethods.retrieve(scope, paymentMethodId);
  const card = method?.kind === 'done' ? { brand: method.value.card.brand, last4: method.value.card.last4 } : null;
  const sessionId = host.dialect.ids.checkoutSession.render(session.id);
  const continueUrl = session.successUrl?.replaceAll('{CHECKOUT_SESSION_ID}', sessionId) ?? null;
  const isJustNow = host.clock.now() - updatedAt < JUST_NOW_MS;
  if (card !== null && isJustNow) return { state: 'saved', card, continueUrl, ...page };
  return { state: 'already_done', card, continueUrl, ...page };
}

async function takeForm(request: HttpRequest, host: HostedPageHost): Promise<HttpAnswer> {
  const posted = await readForm(request, host);
  if (posted.kind === 'fault') return answerFault(request, posted);
  const { reference } = posted.value;
  try {
    const found = await findSession(request, host);
    if (found === null) return renderView(notFound(request));
    return await confirmForm(posted.value, found, request, host);
  } finally {
    host.vault.discard(reference);
  }
}

interface PostedForm {
  readonly reading: HostedFormReading;
  readonly reference: CardReference | null;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';
const CARD_FIELDS = { numberField: 'card_number', cvcField: 'card_cvc' };

async function readForm(request: HttpRequest, host: HostedPageHost): Promise<Checked<PostedForm>> {
  if (!isFromOurPage(request)) return fault('forbidden', 'This form is posted by our own page only.');
  const { mediaType, isPlainUtf8 } = readContentType(request.raw);
  if (mediaType !== FORM_TYPE || !isPlainUtf8) return fault('unsupported_media_type');
  const bytes = await readBytes(request, CARD_BODY_BYTES_MAX);
  if (bytes.kind === 'fault') return bytes;

  const today = earliestMonthAt(host.clock.now());
  const taken = host.vault.takeCardFromForm(bytes.value, CARD_FIELDS);
  if (taken.kind === 'taken') {
    const { fields, problems, reference } = taken;
    return ok({ reading: parseHostedForm(Object.fromEntries(fields), problems, today), reference });
  }
  const mistyped = problemsOfMisplacedCard(taken.problem);
  if (mistyped === null) return faultOf(taken.problem);
  return ok({
    reading: { kind: 'refused', problems: mistyped, locale: null, afterAttempt: null, kept: NOTHING_KEPT },
    reference: null,
  });
}

/** Browsers that tell where a post comes from are believed; others cannot be asked, as our pages send no `Origin`. */
function isFromOurPage({ raw }: HttpRequest): boolean {
  const site = raw.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** Somebody typed the card number into another field: that field says so, and nothing of the form is kept. */
function problemsOfMisplacedCard({ code, path }: { code: string; path: string }): FieldProblems | null {
  if (code !== 'card_number_found') return null;
  switch (path) {
    case 'card_name':
    case 'email':
    case 'phone':
      return { [path]: 'looks_like_card_number' };
    case 'card_expiry':
      return { card_expiry: 'unreadable' };
    default:
      return null;
  }
}

async function confirmForm(
  { reading, reference }: PostedForm,
  found: Found,
  request: HttpRequest,
  host: HostedPageHost,
): Promise<HttpAnswer> {
  const { intent } = found;
  const page = pageOf(found, request, reading.locale);
  const again = redirectToPage(page.path, page.locale);
  const takesForm = intent.status === 'requires_payment_method' || intent.status === 'requires_confirmation';
  if (!takesForm) return again;
  if (reading.kind === 'refused' || reference === null) {
    return renderView(formAgain(found, page, reading, reading.kind === 'refused' ? reading.problems : {}));
  }
  // A second click, a reload or another tab: an attempt was made since this form was shown.
  if (reading.afterAttempt !== intent.latestAttemptId) return again;

  const { expMonth, expYear, name, email, phone } = reading.form;
  const billingDetails = { name, email, phone, address: NO_ADDRESS };
  const outcome = await host.operations.setupIntents.confirm(
    { scope: intent.scope, idempotency: null, client: cardholderOf(request) },
    intent.id,
    {
      by: 'session',
      method: {
        kind: 'entered',
        card: { reference, expMonth, expYear, billingDetails },
      },
      returnUrl: host.vaultUrl() + hostedPageAddress(page),
      consent: { textVersion: CONSENT_VERSION, language: page.locale },
    },
  );
  if (outcome.kind === 'done') return again;
  return answerRefusal(outcome.refusal, { found, page, reading });
}

function answerRefusal(
  refusal: Refusal,
  { found, page, reading }: { found: Found; page: Page; reading: HostedFormReading },
): HttpAnswer {
  switch (refusal.code) {
    case 'card_number_invalid':
    case 'card_brand_unsupported':
    case 'test_card_in_live_mode':
    case 'live_card_in_test_mode':
    case 'card_expiry_invalid':
    case 'card_expired':
    case 'cvc_invalid':
      return renderView(formAgain(found, page, reading, problemsOfCardFault(refusal.code satisfies CardFault)));
    case 'processor_missing':
    case 'too_many_changes_at_once':
      return renderView({ state: 'unavailable', reason: 'busy', retryAfterSeconds: 5, ...page });
    default:
      // Something else happened to the setup meanwhile: the page shows what.
      return redirectToPage(page.path, page.locale);
  }
}

function formAgain(found: Found, page: Page, reading: HostedFormReading, problems: FieldProblems): HostedPageView {
  const { usage, latestAttemptId } = found.intent;
  return { state: 'form', problems, usage, latestAttemptId, values: reading.kept, ...page };
}

function pageOf({ session, merchantName }: Found, request: HttpRequest, posted: Locale | null = null) {
  return {
    ...placeOf(request, posted, session.locale),
    isLocaleFree: session.locale !== 'ja',
    mode: session.scope.mode,
    merchantName,
    cancelUrl: session.cancelUrl,
  };
}

function placeOf(request: HttpRequest, posted: Locale | null, session: 'auto' | 'ja' | null) {
  const locale = chooseLocale({
    chosen: posted ?? wishesOf(request).locale,
    acceptLanguage: request.raw.headers['accept-language'] ?? null,
    session,
  });
  return { path: request.path, locale };
}

function notFound(request: HttpRequest): HostedPageView {
  return { state: 'not_found', ...placeOf(request, null, null) };
}

function wishesOf({ queryText }: HttpRequest) {
  const query = parseQuery(queryText);
  const first = query.kind === 'ok' ? Object.entries(query.value).map(([name, values]) => [name, values[0]]) : [];
  return parseHostedQuery(Object.fromEntries(first));
}

function renderView(view: HostedPageView): HttpAnswer {
  const { status, headers, html } = renderHostedPage(view);
  return { status, headers, body: html };
}

function redirectToPage(path: string, locale: Locale): HttpAnswer {
  return { status: 303, headers: { location: hostedPageAddress({ path, locale }) }, body: '' };
}

function answerFault(request: HttpRequest, failed: CheckFailed): HttpAnswer {
  request.notes.fault = failed.fault;
  const { fault: name, detail } = failed;
  return renderProblem(name, { path: request.path, ...(detail === undefined ? {} : { detail }) });
}
