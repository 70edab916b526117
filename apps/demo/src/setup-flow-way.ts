import { call, type Shop } from './onfile-api.js';

/** The page was asked for: a customer, a setup flow for their card, and the secret that lets the page use that flow. */
export async function startSetupFlow(shop: Shop): Promise<string> {
  const customer = await call(shop, 'POST', '/v2/customers', { description: 'A customer of the demo shop' });
  const flow = await call(shop, 'POST', '/v2/setup_flows', { customer_id: customer.id });
  return flow.client_secret;
}
