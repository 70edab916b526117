import type { OperatorApi } from '../api/operator-api.js';
import { CommandFault, EXIT_CODES } from '../output.js';

/** What PAY.JP's ids begin with, and where such an object is. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  setfw: '/v2/setup_flows',
  cus: '/v2/customers',
  pm: '/v2/payment_methods',
  pmc: '/v2/payment_method_configurations',
  cs: '/v2/checkout/sessions',
  evnt: '/v2/events',
};

/** Kinds of objects that the operator API shows by their own id. */
const OPERATOR_COLLECTIONS: Readonly<Record<string, string>> = {
  setup_intent: '/operator/v1/setup_intents',
  event: '/operator/v1/events',
  merchant: '/operator/v1/merchants',
  webhook_endpoint: '/operator/v1/webhook_endpoints',
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The path of an address, an id, or an id with what is done to it (`setfw_…/cancel`). An id that does not say what it is
 * the id of is looked for by the operator API.
 */
export async function resolvePath(text: string, api: Pick<OperatorApi, 'get'>): Promise<string> {
  if (text.startsWith('/')) return text;
  const [id = '', ...rest] = text.split('/');
  const [, prefix = ''] = /^([a-z]+)_/.exec(id) ?? [];
  const collection = COLLECTIONS[prefix];
  if (collection !== undefined) return [collection, encodeURIComponent(id), ...rest].join('/');
  const found = UUID.test(id) ? await collectionOf(id, api) : null;
  if (found !== null) return [found, id, ...rest].join('/');
  if (rest.length === 0) return `/operator/v1/search?${new URLSearchParams({ q: id })}`;
  throw new CommandFault(`${id} is no id that is known here: write the whole path, from / on`, EXIT_CODES.misused);
}

async function collectionOf(id: string, api: Pick<OperatorApi, 'get'>): Promise<string | null> {
  const { data } = await api.get<{ data: readonly { kind: string; id: string }[] }>('/search', { query: { q: id } });
  const [first] = data.filter((each) => each.id === id);
  return first === undefined ? null : (OPERATOR_COLLECTIONS[first.kind] ?? null);
}
