import {
  BRANDING_PATH,
  brandStylesheet,
  CONSENT_VERSION,
  chooseLocale,
  earliestMonthAt,
  type FieldProblems,
  FORM_ANSWER_TYPE,
  type FormAnswer,
  type HostedFormReading,
  type HostedPageView,
  hostedAssetHeaders,
  hostedAssets,
  hostedPageAddress,
  hostedScripts,
  LOGO_TYPES,
  type Locale,
  logoPath,
  NOTHING_KEPT,
  pageBrandOf,
  parseHostedForm,
  parseHostedQuery,
  problemsOfCardFault,
  renderHostedPage,
  SAVED_CARDS_SHOWN,
  type SavedCard,
} from '@onfile/browser';
import {
  type Branding,
  CARD_FAULTS,
  type CardFault,
  type CardReference,
  type CheckoutSessionWithIntent,
  type Clock,
  NO_ADDRESS,
  type Operations,
  type Refusal,
  type SetupIntent,
  type Storage,
  StorageFault,
  type Uuid,
} from '@onfile/core';
import type { PayjpDialect } from '@onfile/dialects';
import type { LocalVault } from '@onfile/vault';
import { faultOf, readBytes } from './body.js';
import { compressedAnswer } from './compressed.js';
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
  readonly storage: Pick<Storage, 'loadBranding' | 'loadLogo'>;
  readonly operations: Operations;
  readonly vault: Pick<LocalVault, 'takeCardFromForm' | 'discard'>;
  /** Whose ids the pages' addresses hold. */
  readonly dialect: Pick<PayjpDialect, 'ids'>;
  readonly clock: Clock;
  readonly vaultUrl: () => string;
}

/**
 * The hosted page and what it links. It works by plain forms: every post is answered with a redirect to the page itself. The
 * page's script asks for the same in JSON, so that what was typed can stay in the form.
 */
export function hostedPageRoutes(host: HostedPageHost): readonly HttpRoute[] {
  return [
    { method: 'GET', path: '/setup/:id', handle: (request) => guarded(request, () => showPage(request, host)) },
    { method: 'POST', path: '/setup/:id', handle: (request) => guarded(request, () => takeForm(request, host)) },
    { method: 'GET', path: `${BRANDING_PATH}:merchant/:file`, handle: (request) => showBrandAsset(request, host) },
    ...[...hostedAssets(), ...hostedScripts()].map(
      ({ path, contentType, body }): HttpRoute => ({
        method: 'GET',
        path,
        handle: (request) => compressedAnswer(request, { body }, hostedAssetHeaders(contentType)),
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
    return renderView({ state: 'unavailable', reason: 'busy', retryAfterSeconds: 5, ...unknownPlaceOf(request) });
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DIGEST = /^[0-9a-f]{64}(?=\.)/;

/** What is there is there for ever under its hash; what a merchant has replaced is gone. */
async function showBrandAsset({ params, path }: HttpRequest, { storage }: HostedPageHost): Promise<HttpAnswer> {
  const { merchant = '', file = '' } = params;
  if (!UUID.test(merchant)) return noSuchAsset();
  const merchantId = merchant as Uuid;
  if (file.endsWith('.css')) {
    const stylesheet = brandStylesheet(await storage.loadBranding(merchantId));
    if (stylesheet?.path !== path) return noSuchAsset();
    return { status: 200, headers: hostedAssetHeaders(stylesheet.contentType), body: stylesheet.body };
  }
  const [digest = ''] = DIGEST.exec(file) ?? [];
  const image = digest === '' ? null : await storage.loadLogo(merchantId, digest);
  if (image === null || path !== logoPath(merchantId, { digest, format: image.format })) return noSuchAsset();
  return { status: 200, headers: hostedAssetHeaders(LOGO_TYPES[image.format]), body: image.bytes };
}

function noSuchAsset(): HttpAnswer {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return { status: 404, headers, body: 'There is no such file; the merchant has another look now.' };
}

type Found = CheckoutSessionWithIntent & { readonly merchantName: string; readonly branding: Branding };

async function showPage(request: HttpRequest, host: HostedPageHost): Promise<HttpAnswer> {
  const found = await findSession(request, host);
  return renderView(found === null ? notFound(request) : await viewOf(found, request, host));
}

async function findSession(
  { params, notes }: HttpRequest,
  { dialect, operations, storage }: HostedPageHost,
): Promise<Found | null> {
  const id = dialect.ids.checkoutSession.parse(params.id ?? '');
  const found = id === null ? null : await operations.checkoutSessions.retrieveForPage(id);
  if (found === null) return null;
  const { merchantId } = found.session.scope;
  notes.merchantId = merchantId;
  const branding = await storage.loadBranding(merchantId);
  return { ...found, branding, merchantName: branding.displayName ?? found.merchantName };
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
      return now >= session.expiresAt ? { state: 'expired', ...page } : formView(found, page, host);
  }
}

type Page = ReturnType<typeof pageOf>;

async function formView(found: Found, page: Page, host: HostedPageHost): Promise<HostedPageView> {
  const { session, intent } = found;
  const values = { ...NOTHING_KEPT, email: session.customerEmail ?? '' };
  const form = { values, ...(await formParts(found, host, { makesDefault: false })), ...page };
  if (intent.lastSetupError === null) return { state: 'form', problems: {}, ...form };
  return { state: 'declined', reason: intent.lastSetupError.code, ...form };
}

/** What stands around the fields, whatever is in them. */
async function formParts({ session, intent }: Found, host: HostedPageHost, wish: { readonly makesDefault: boolean }) {
  const { usage, latestAttemptId } = intent;
  return {
    usage,
    latestAttemptId,
    secondsLeft: Math.ceil((session.expiresAt - host.clock.now()) / 1000),
    makesDefault: intent.customer === null ? null : wish.makesDefault,
    ...(await savedCardsOf(intent, host)),
  };
}

async function savedCardsOf(
  { scope, customer }: SetupIntent,
  { operations }: HostedPageHost,
): Promise<{ savedCards: readonly SavedCard[]; hasMoreCards: boolean }> {
  const none = { savedCards: [], hasMoreCards: false };
  if (customer === null) return none;
  const page = { limit: SAVED_CARDS_SHOWN, startingAfter: null, endingBefore: null };
  const [methods, owner] = await Promise.all([
    operations.customers.listPaymentMethods(scope, { id: customer.id }, page),
    operations.customers.retrieve(scope, { id: customer.id }),
  ]);
  if (methods.kind !== 'done' || owner.kind !== 'done') return none;
  const savedCards = methods.value.items.map(
    ({ id, card: { brand, last4, expMonth, expYear } }): SavedCard => ({
      brand,
      last4,
      expMonth,
      expYear,
      isDefault: id === owner.value.defaultPaymentMethodId,
    }),
  );
  return { savedCards, hasMoreCards: methods.value.hasMore };
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
    const result: FormResult =
      found === null
        ? { kind: 'page', view: notFound(request) }
        : await confirmForm(posted.value, found, request, host);
    const { accept } = request.raw.headers;
    return accept === FORM_ANSWER_TYPE ? answerScript(result) : answerForm(result, request, posted.value.reading);
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
    reading: {
      kind: 'refused',
      problems: mistyped,
      locale: null,
      afterAttempt: null,
      makesDefault: false,
      kept: NOTHING_KEPT,
    },
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

/** What a posted form comes to: a page in its answer, or what the page's address shows from now on. */
type FormResult = { readonly kind: 'page'; readonly view: HostedPageView } | Exclude<FormAnswer, { kind: 'problems' }>;

const MOVED = { kind: 'moved' } as const;

function answerForm(result: FormResult, request: HttpRequest, { locale }: HostedFormReading): HttpAnswer {
  if (result.kind === 'page') return renderView(result.view);
  return redirectToPage(request.path, locale ?? placeOf(request, null, null).locale);
}

function answerScript(result: FormResult): HttpAnswer {
  const answer = formAnswerOf(result);
  const headers = { 'content-type': `${FORM_ANSWER_TYPE}; charset=utf-8` };
  return { status: answer.kind === 'problems' ? 422 : 200, headers, body: JSON.stringify(answer) };
}

function formAnswerOf(result: FormResult): FormAnswer {
  if (result.kind !== 'page') return result;
  const { view } = result;
  if (view.state === 'form') return { kind: 'problems', problems: view.problems };
  return view.state === 'unavailable' ? { kind: 'unavailable', reason: view.reason } : MOVED;
}

async function confirmForm(
  { reading, reference }: PostedForm,
  found: Found,
  request: HttpRequest,
  host: HostedPageHost,
): Promise<FormResult> {
  const { intent } = found;
  const page = pageOf(found, request, reading.locale);
  const takesForm = intent.status === 'requires_payment_method' || intent.status === 'requires_confirmation';
  if (!takesForm) return MOVED;
  const formAgain = async (problems: FieldProblems): Promise<FormResult> => {
    const parts = await formParts(found, host, reading);
    return { kind: 'page', view: { state: 'form', problems, values: reading.kept, ...parts, ...page } };
  };
  if (reading.kind === 'refused' || reference === null) {
    return formAgain(reading.kind === 'refused' ? reading.problems : {});
  }
  // A second click, a reload or another tab: an attempt was made since this form was shown.
  if (reading.afterAttempt !== intent.latestAttemptId) return MOVED;

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
      makesDefault: reading.makesDefault && intent.customer !== null,
    },
  );
  if (outcome.kind === 'done') return declineIn(outcome.value);
  const { refusal } = outcome;
  if (isCardFault(refusal)) return formAgain(problemsOfCardFault(refusal.code));
  if (refusal.code === 'processor_missing' || refusal.code === 'too_many_changes_at_once') {
    return { kind: 'page', view: { state: 'unavailable', reason: 'busy', retryAfterSeconds: 5, ...page } };
  }
  if (refusal.code === 'confirmation_limit_reached') {
    const { retryAfterSeconds } = refusal.facts;
    return { kind: 'page', view: { state: 'unavailable', reason: 'too_many_attempts', retryAfterSeconds, ...page } };
  }
  // Something else happened to the setup meanwhile: the page shows what.
  return MOVED;
}

function declineIn({ status, lastSetupError, latestAttemptId }: SetupIntent): FormResult {
  if (status !== 'requires_payment_method' || lastSetupError === null) return MOVED;
  return { kind: 'declined', reason: lastSetupError.code, latestAttemptId };
}

function isCardFault(refusal: Refusal): refusal is Extract<Refusal, { code: CardFault }> {
  return CARD_FAULTS.some((code) => code === refusal.code);
}

function pageOf({ session, merchantName, branding }: Found, request: HttpRequest, posted: Locale | null = null) {
  return {
    ...placeOf(request, posted, session.locale),
    isLocaleFree: session.locale !== 'ja',
    mode: session.scope.mode,
    merchantName,
    brand: pageBrandOf(branding),
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

/** Of an address that may be anything: what looks like a card number in it is not repeated. */
function unknownPlaceOf(request: HttpRequest) {
  return { ...placeOf(request, null, null), path: request.shownPath };
}

function notFound(request: HttpRequest): HostedPageView {
  return { state: 'not_found', ...unknownPlaceOf(request) };
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
