import { call, type Shop } from './onfile-api.js';

/** The page was asked for: a customer, a setup flow for their card, and the script with its hash, as the vault lists it. */
export async function startSetupByElement(shop: Shop): Promise<Record<string, string>> {
  const customer = await call(shop, 'POST', '/v2/customers', { description: 'A customer of the demo shop' });
  const flow = await call(shop, 'POST', '/v2/setup_flows', { customer_id: customer.id });

  const { scripts } = (await (await fetch(`${shop.vaultUrl}/scripts.json`)).json()) as { scripts: ListedScript[] };
  const script = scripts.find(({ path }) => path.endsWith('/onfile-element.js'));
  if (!script) throw new Error(`${shop.vaultUrl}/scripts.json lists no onfile-element.js.`);
  return { clientSecret: flow.client_secret, scriptUrl: shop.vaultUrl + script.path, integrity: script.integrity };
}

interface ListedScript {
  readonly path: string;
  readonly integrity: string;
}
