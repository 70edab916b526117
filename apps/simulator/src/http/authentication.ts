import { authenticationPage, endedPage, unknownPage } from '../pages/authentication-page.js';
import { pageLanguage } from '../pages/language.js';
import { isUndecided } from '../verification.js';
import { readForm } from './body.js';
import type { Reply } from './reply.js';
import type { Exchange, Handler } from './server.js';

/** `GET /authentication/<id>`: the 3-D Secure page. The id cannot be guessed and is all that a browser needs. */
export const showAuthentication: Handler = (exchange) => {
  const { rest: id, processor, now } = exchange;
  const language = languageOf(exchange);
  const verification = processor.find(id);
  if (!verification?.authentication) return page(404, unknownPage(language));
  if (!isUndecided(verification)) return page(200, endedPage(language, verification));
  const opened = exchange.request.method === 'GET' ? processor.openAuthentication(verification) : verification;
  return page(200, authenticationPage(language, opened, now()));
};

/**
 * `POST /authentication/<id>`: `outcome` is `pass`, `fail` or `cancel`. The cardholder returns to the merchant in any
 * case and carries no result: the look-up has it. An outcome that comes again, or second, changes nothing.
 */
export const answerAuthentication: Handler = async (exchange) => {
  const { rest: id, processor, script, request } = exchange;
  const outcome = (await readForm(request)).get('outcome');
  const verification = processor.find(id);
  if (!verification?.authentication) return page(404, unknownPage(languageOf(exchange)));
  if (outcome === 'pass' || outcome === 'fail' || outcome === 'cancel') {
    const { reference, card } = verification;
    const isAuthorizing = outcome === 'pass' && isUndecided(verification);
    const step = isAuthorizing ? script.take('authorize', { reference, last4: card.last4 }) : undefined;
    processor.authenticate(verification, outcome, step && { kind: 'decline', code: step.code });
    return { kind: 'redirect', location: verification.authentication.returnUrl };
  }
  return page(400, authenticationPage(languageOf(exchange), verification, exchange.now()));
};

// A bank's page can be framed by merchants, so there is no frame-ancestors. The way back goes on through the merchant's
// own redirects, each of which Chromium holds against form-action: any web address has to be allowed there.
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  'form-action http: https:',
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

function page(status: number, html: string): Reply {
  return { kind: 'page', status, html, policy: POLICY };
}

function languageOf({ query, request }: Exchange): 'ja' | 'en' {
  return pageLanguage(query.get('locale'), request.headers['accept-language']);
}
