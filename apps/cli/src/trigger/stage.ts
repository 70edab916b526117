import type { TestCard } from '@onfile/simulator';
import { ask } from '../api/ask.js';
import type { Place } from '../api/place.js';
import { CommandFault, EXIT_CODES } from '../output.js';
import type { Settable } from './triggerable.js';

/** An object of the API, as far as scenarios look into it. */
export interface ApiObject {
  readonly id: string;
  readonly [field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** A merchant's server, and a cardholder with a test card: everybody who takes part in saving a card, by real requests. */
export interface Stage {
  customer(): Promise<ApiObject>;
  /** Waiting for a card of a customer's, who comes with it. */
  setupFlow(): Promise<ApiObject>;
  /** Enters a card that will be approved, or the one that is declined. */
  enterCard(flow: ApiObject, registration: 'approved' | 'declined'): Promise<ApiObject>;
  passAuthentication(flow: ApiObject): Promise<ApiObject>;
  checkoutSession(): Promise<ApiObject>;
  /** Types into the form of the hosted page, and passes 3-D Secure. */
  completeHostedPage(session: ApiObject): Promise<void>;
  post(path: string, body?: Fields): Promise<ApiObject>;
  delete(path: string): Promise<ApiObject>;
  get(path: string): Promise<ApiObject>;
  /** What `--set` says of an object. */
  wished(name: Settable): Fields;
}

export interface StageOptions {
  readonly place: Place;
  readonly secretKey: string;
  readonly wishes: Fields;
  readonly signal: AbortSignal;
  readonly onRequest: (line: string) => void;
}

export function openStage({ place, secretKey, wishes, signal, onRequest }: StageOptions): Stage {
  const wished = (name: Settable) => asFields(wishes[name] ?? {}, name);
  const vaultUrl = place.vaultUrl ?? place.apiUrl;

  async function call(method: string, url: string, body: Fields | null, accepts: readonly number[] = []) {
    const answer = await ask({
      method,
      url,
      headers: {
        authorization: `Bearer ${secretKey}`,
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    onRequest(`${method} ${new URL(url).pathname}  ${answer.status}`);
    if (answer.status < 300 || accepts.includes(answer.status)) return JSON.parse(answer.text) as ApiObject;
    const exitCode = answer.status >= 500 ? EXIT_CODES.fault : EXIT_CODES.refused;
    throw new CommandFault(
      `${method} ${new URL(url).pathname} was answered with ${answer.status}: ${answer.text}`,
      exitCode,
    );
  }

  async function browse(url: string, form: Readonly<Record<string, string>> | null): Promise<string | null> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = form === null ? {} : { method: 'POST', headers: type, body: String(new URLSearchParams(form)) };
    const { status, headers } = await ask({ ...sent, url, signal });
    const { origin, pathname } = new URL(url);
    onRequest(`${form === null ? 'GET' : 'POST'} ${origin}${pathname}  ${status}`);
    if (status < 400) return headers.get('location');
    throw new CommandFault(`${origin}${pathname} was answered with ${status}`, EXIT_CODES.fault);
  }

  const stage: Stage = {
    wished,
    get: (path) => call('GET', place.apiUrl + path, null),
    post: (path, body) => call('POST', place.apiUrl + path, body ?? null),
    delete: (path) => call('DELETE', place.apiUrl + path, null),
    customer: () => stage.post('/v2/customers', { email: EMAIL, ...wished('customer') }),
    async setupFlow() {
      const { id } = await stage.customer();
      return stage.post('/v2/setup_flows', { customer_id: id, usage: 'off_session', ...wished('setup_flow') });
    },
    async enterCard({ id }, registration) {
      const { number, cvc, ...expiry } = await chooseCard(registration, wished('card'));
      const card = { number, cvc, ...expiry };
      const billing_details = { name: NAME, email: EMAIL, ...wished('billing_details') };
      const body = { return_url: RETURN_URL, payment_method_data: { type: 'card', card, billing_details } };
      // A declined card is answered as an error, which is what was wished for.
      await call('POST', `${vaultUrl}/v2/setup_flows/${id}/confirm`, body, [400, 402]);
      return stage.get(`/v2/setup_flows/${id}`);
    },
    async passAuthentication({ id, next_action }) {
      const challenge = (next_action as { redirect_to_url?: { url?: string } } | null)?.redirect_to_url?.url;
      if (challenge === undefined) return stage.get(`/v2/setup_flows/${id}`);
      const back = await browse(challenge, { outcome: 'pass' });
      if (back !== null) await browse(new URL(back, challenge).href, null);
      return stage.get(`/v2/setup_flows/${id}`);
    },
    async checkoutSession() {
      const { id } = await stage.customer();
      return stage.post('/v2/checkout/sessions', { mode: 'setup', customer_id: id, ...wished('checkout_session') });
    },
    async completeHostedPage({ url, setup_flow_id }) {
      const { number, cvc, exp_month, exp_year } = await chooseCard('approved', wished('card'));
      const expiry = `${String(exp_month).padStart(2, '0')}/${String(exp_year).slice(-2)}`;
      const card = { card_number: String(number), card_cvc: String(cvc), card_expiry: expiry, card_name: NAME };
      await browse(String(url), { ...card, email: EMAIL, phone: '', locale: 'en', after_attempt: '' });
      await stage.passAuthentication(await stage.get(`/v2/setup_flows/${setup_flow_id}`));
    },
  };
  return stage;
}

const EMAIL = 'hanako@example.jp';
const NAME = 'HANAKO ONFILE';
const RETURN_URL = 'http://localhost/';
const EXPIRY_YEARS_AHEAD = 3;

/** Of the published test cards: `card.brand` and `card.declined_with` choose one, everything else is sent as it is. */
async function chooseCard(registration: 'approved' | 'declined', wished: Fields) {
  const { brand = 'visa', declined_with: code = 'card_declined', ...fields } = wished;
  const { TEST_CARDS } = await import('@onfile/simulator');
  const isWished = (card: TestCard) =>
    registration === 'approved' ? card.registration === 'approved' && card.brand === brand : card.registration === code;
  const card = TEST_CARDS.find(isWished);
  if (card === undefined) {
    const what = registration === 'approved' ? `of brand ${brand}` : `that is declined with ${code}`;
    throw new CommandFault(`There is no test card ${what}`, EXIT_CODES.misused);
  }
  const year = new Date().getFullYear() + EXPIRY_YEARS_AHEAD;
  return { number: card.number, cvc: card.brand === 'amex' ? '1234' : '123', exp_month: 12, exp_year: year, ...fields };
}

function asFields(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new CommandFault(`--set takes a field of ${name}: ${name}.<field>=<value>`, EXIT_CODES.misused);
}
