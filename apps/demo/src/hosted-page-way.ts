/** What the shop has to know: where Onfile is, its own secret key, and where it is itself. */
export interface Shop {
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly url: string;
}

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

/** They came back. The address proves nothing, so the shop asks. Answers the saved card, or `null` if there is none. */
export async function readSavedCard(shop: Shop, sessionId: string): Promise<SavedCard | null> {
  const session = await call(shop, 'GET', `/v2/checkout/sessions/${encodeURIComponent(sessionId)}`);
  return savedCard(shop, await call(shop, 'GET', `/v2/setup_flows/${session.setup_flow_id}`));
}

export async function savedCard(shop: Shop, flow: Answer): Promise<SavedCard | null> {
  if (flow.status !== 'succeeded') return null;

  const method = await call(shop, 'GET', `/v2/payment_methods/${flow.payment_method_id}`);
  return { brand: method.card?.brand ?? '', last4: method.card?.last4 ?? '', paymentMethodId: method.id };
}

export interface SavedCard {
  readonly brand: string;
  readonly last4: string;
  readonly paymentMethodId: string;
}

export async function call(shop: Shop, method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
  const response = await fetch(shop.apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${shop.secretKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

export interface Answer {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly client_secret: string;
  readonly setup_flow_id: string;
  readonly payment_method_id: string;
  readonly card?: { readonly brand: string; readonly last4: string };
}
