import type { Installation, ServerProcess } from './installation.js';

/** A merchant's calls to one server process; nothing is repeated. */
export interface Shop {
  create(body?: object): Promise<Answer>;
  confirm(flow: string): Promise<Answer>;
  cancel(flow: string): Promise<Answer>;
  update(flow: string, body: object): Promise<Answer>;
  read(flow: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly id: string;
    readonly status: string;
    readonly code?: string;
    readonly payment_method_id?: string | null;
    readonly next_action?: { readonly redirect_to_url?: { readonly url?: string }; readonly url?: string } | null;
  };
  readonly headers: Headers;
}

const CARD = {
  type: 'card',
  card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
  billing_details: { name: 'TARO YAMADA', email: 'taro@example.com' },
};

export function shopAt(
  { apiUrl, vaultUrl }: Pick<ServerProcess, 'apiUrl' | 'vaultUrl'>,
  { secretKey }: Pick<Installation, 'secretKey'>,
): Shop {
  const flows = `${apiUrl}/v2/setup_flows`;
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' };
  const post = (url: string, body: object) => ask(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return {
    create: (body = { usage: 'on_session' }) => post(flows, body),
    confirm: (flow) =>
      post(`${vaultUrl}/v2/setup_flows/${flow}/confirm`, {
        return_url: 'https://shop.example/done',
        payment_method_data: CARD,
      }),
    cancel: (flow) => post(`${flows}/${flow}/cancel`, {}),
    update: (flow, body) => post(`${flows}/${flow}`, body),
    read: (flow) => ask(`${flows}/${flow}`, { headers }),
  };
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  return { status: answer.status, body: (await answer.json()) as Answer['body'], headers: answer.headers };
}

/** Scripts what the processor's next requests meet. */
export async function script(simulatorUrl: string, step: object): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/control/next`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(step),
  });
  if (!answer.ok && answer.status !== 400) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
}

/** Runs so many at a time until all are done. */
export async function inTurns<T>(
  count: number,
  atOnce: number,
  run: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await run(index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  return results;
}

/** Draws the same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** All setups of the merchant, as the API shows them. */
export async function listFlows(
  { apiUrl }: Pick<ServerProcess, 'apiUrl'>,
  { secretKey }: Pick<Installation, 'secretKey'>,
): Promise<ReadonlyMap<string, { readonly status: string; readonly paymentMethod: string | null }>> {
  const flows = new Map<string, { status: string; paymentMethod: string | null }>();
  for (let after = ''; ; ) {
    const url = `${apiUrl}/v2/setup_flows?limit=100${after}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${secretKey}` } });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { data: readonly Answer['body'][]; has_more: boolean };
    for (const { id, status, payment_method_id = null } of page.data) {
      flows.set(id, { status, paymentMethod: payment_method_id });
    }
    if (!page.has_more) return flows;
    after = `&starting_after=${page.data.at(-1)?.id}`;
  }
}
