import { ask } from '../api/ask.js';
import { operatorHeaders } from '../api/operator-api.js';
import type { Place } from '../api/place.js';
import { CommandFault, EXIT_CODES } from '../output.js';

/** The headers that prove who asks, for a path of any dialect. */
export async function credentialsFor(path: string, place: Place, signal: AbortSignal): Promise<Record<string, string>> {
  if (path.startsWith('/operator/')) return operatorHeaders(place);
  if (path.startsWith('/v1/')) return toastHeaders(place, signal);
  if (!path.startsWith('/v2/')) return {};
  if (place.secretKey !== null) return { authorization: `Bearer ${place.secretKey}` };
  const advice = "Paths below /v2 take a merchant's secret key, which there is none of here: set ONFILE_API_KEY to one";
  throw new CommandFault(advice, EXIT_CODES.misused);
}

/** Toast's callers log in for a token first. */
async function toastHeaders(place: Place, signal: AbortSignal): Promise<Record<string, string>> {
  const { merchantId, clientId, clientSecret } = toastCredentials(place);
  const body = JSON.stringify({ clientId, clientSecret, userAccessType: 'TOAST_MACHINE_CLIENT' });
  const url = `${place.apiUrl}/authentication/v1/authentication/login`;
  const answer = await ask({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body, signal });
  const token = answer.status === 200 ? JSON.parse(answer.text).token?.accessToken : undefined;
  if (typeof token !== 'string') {
    throw new CommandFault(`Toast's credentials were refused: ${answer.text}`, EXIT_CODES.refused);
  }
  return { authorization: `Bearer ${token}`, 'toast-restaurant-external-id': merchantId };
}

function toastCredentials({ dev, merchantId }: Place) {
  const { ONFILE_TOAST_CLIENT_ID: clientId, ONFILE_TOAST_CLIENT_SECRET: clientSecret } = process.env;
  if (clientId && clientSecret && merchantId) return { merchantId, clientId, clientSecret };
  if (dev !== null) return { merchantId: dev.merchant.toast.merchantId, ...dev.merchant.toast.payment };
  const settings = 'ONFILE_TOAST_CLIENT_ID, ONFILE_TOAST_CLIENT_SECRET and ONFILE_MERCHANT';
  throw new CommandFault(
    `Paths below /v1 take Toast's credentials: set ${settings} (made by: onfile keys clients create)`,
    EXIT_CODES.misused,
  );
}
