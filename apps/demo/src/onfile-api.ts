/** What the shop has to know: where Onfile is, its own secret key, and where it is itself. */
export interface Shop {
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly vaultUrl: string;
  readonly url: string;
  /** The shop as one of Toast's locations, with credentials for its server and for its pages. */
  readonly toast: { readonly merchantId: string } & Readonly<
    Record<'payment' | 'iframe', { readonly clientId: string; readonly clientSecret: string }>
  >;
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

/** The card that a setup flow saved, or `null` if there is none. An address proves nothing, so the shop asks. */
export async function savedCard(shop: Shop, flowId: string): Promise<SavedCard | null> {
  const flow = await call(shop, 'GET', `/v2/setup_flows/${encodeURIComponent(flowId)}`);
  if (flow.status !== 'succeeded') return null;

  const { id, card } = await call(shop, 'GET', `/v2/payment_methods/${flow.payment_method_id}`);
  return { brand: card?.brand ?? '', last4: card?.last4 ?? '', paymentMethodId: id };
}

export interface SavedCard {
  readonly brand: string;
  readonly last4: string;
  readonly paymentMethodId: string;
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
