import { call, type SavedCard, type Shop, savedCard } from './onfile-api.js';

/** The button was pressed: a customer, a page for their card, and off they go. Answers where to redirect to. */
export async function startSavingCard(shop: Shop): Promise<string> {
  const customer = await call(shop, 'POST', '/v2/customers', { description: 'A customer of the demo shop' });
  const session = await call(shop, 'POST', '/v2/checkout/sessions', {
    mode: 'setup',
    customer_id: customer.id,
    success_url: `${shop.url}/hosted-page/saved?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shop.url}/`,
    setup_flow_data: { description: 'Demo shop' },
  });
  return session.url;
}

/** They came back. Answers the saved card, or `null` if there is none. */
export async function readSavedCard(shop: Shop, sessionId: string): Promise<SavedCard | null> {
  const session = await call(shop, 'GET', `/v2/checkout/sessions/${encodeURIComponent(sessionId)}`);
  return savedCard(shop, session.setup_flow_id);
}
