import type { Shop } from './onfile-api.js';

/** The same token all day: a real shop keeps it. */
export async function logIn({ apiUrl }: Shop, credentials: Shop['toast']['payment']): Promise<string> {
  const response = await fetch(`${apiUrl}/authentication/v1/authentication/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...credentials, userAccessType: 'TOAST_MACHINE_CLIENT' }),
  });
  if (!response.ok) throw new Error(`The login answered ${response.status}: ${await response.text()}`);
  const { token } = (await response.json()) as { token: { accessToken: string } };
  return token.accessToken;
}

export async function ask(shop: Shop, method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
  const { merchantId, payment } = shop.toast;
  const response = await fetch(shop.apiUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${await logIn(shop, payment)}`,
      'content-type': 'application/json',
      'toast-restaurant-external-id': merchantId,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly sessionSecret: string;
  readonly paymentMethodId: string;
  readonly card?: { readonly brand: string; readonly lastFour: string };
}
