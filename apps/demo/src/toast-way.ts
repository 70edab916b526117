import type { SavedCard, Shop } from './onfile-api.js';
import { ask, logIn } from './toast-api.js';

/** The page was asked for: a customer, a setup intent for their card, and a token that lets the page use that intent. */
export async function startCheckout(shop: Shop): Promise<Readonly<Record<string, string>>> {
  const { merchantId, iframe } = shop.toast;
  const customer = { externalReferenceId: crypto.randomUUID(), description: 'A customer of the demo shop' };
  const { id: customerId } = await ask(shop, 'POST', '/v1/customers', customer);
  const wish = { customerId, usage: 'OFF_SESSION', standingInstructionType: 'UNSCHEDULED' };
  const { sessionSecret } = await ask(shop, 'POST', '/v1/setup-intents', wish);
  return { merchantId, sessionSecret, oauthToken: await logIn(shop, iframe) };
}

/** The page says that it is done, which proves nothing, so the shop asks. Answers the saved card, or `null` without one. */
export async function readCheckout(shop: Shop, intentId: string): Promise<SavedCard | null> {
  const intent = await ask(shop, 'GET', `/v1/setup-intents/${encodeURIComponent(intentId)}`);
  if (intent.status !== 'SUCCEEDED') return null;

  const { id, card } = await ask(shop, 'GET', `/v1/payment-methods/${intent.paymentMethodId}`);
  return { brand: card?.brand ?? '', last4: card?.lastFour ?? '', paymentMethodId: id };
}
