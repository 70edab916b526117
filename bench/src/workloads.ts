import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';

export const WORKLOADS = ['create', 'read', 'list', 'lifecycle'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Who is asked, and in whose name. */
export interface Target {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly secretKey: string;
  readonly publicKey: string;
  /** Setup flows that exist, for the reads. */
  readonly flowIds: readonly string[];
}

/** One operation of each workload; `turn` picks what is read. Each answers the last body, and throws unless all went well. */
export type Operations = Record<Workload, (turn: number) => Promise<unknown>>;

export interface Client {
  readonly operations: Operations;
  close(): Promise<void>;
}

/** Published test card, which the simulator approves at once when no 3-D Secure is asked for. */
const CARD = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
const BILLING_DETAILS = { name: 'TARO YAMADA', email: 'taro@example.com' };
const RETURN_URL = 'https://shop.example/done';
const LIST_LIMIT = 10;

/** Asks over kept-alive connections, at most so many to each origin. */
export function openClient(target: Target, connections: number): Client {
  const api = new Pool(target.apiUrl, { connections });
  const vault = new Pool(target.vaultUrl, { connections });
  const secret = `Bearer ${target.secretKey}`;
  const read = (id: string) => ask(api, { method: 'GET', path: `/v2/setup_flows/${id}`, authorization: secret });
  const create = () =>
    ask(api, { method: 'POST', path: '/v2/setup_flows', authorization: secret, body: { usage: 'on_session' } });

  return {
    operations: {
      create,
      read: (turn) => read(target.flowIds[turn % target.flowIds.length] ?? ''),
      list: () => ask(api, { method: 'GET', path: `/v2/setup_flows?limit=${LIST_LIMIT}`, authorization: secret }),
      async lifecycle() {
        const { id, client_secret } = (await create()) as Flow;
        // As a page does it: the card goes to the vault's origin, with the public key and the flow's secret.
        await ask(vault, {
          method: 'POST',
          path: `/v2/setup_flows/${id}/confirm`,
          authorization: `Bearer ${target.publicKey}`,
          body: {
            client_secret,
            return_url: RETURN_URL,
            payment_method_data: { type: 'card', card: CARD, billing_details: BILLING_DETAILS },
          },
        });
        const flow = (await read(id)) as Flow;
        if (flow.status !== 'succeeded') throw new Error(`A lifecycle ended ${flow.status} instead of succeeded`);
        return flow;
      },
    },
    async close() {
      await Promise.all([api.close(), vault.close()]);
    },
  };
}

interface Flow {
  readonly id: string;
  readonly client_secret: string;
  readonly status: string;
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly authorization: string;
  readonly body?: object;
}

async function ask(pool: Pool, { method, path, authorization, body }: Question): Promise<unknown> {
  const sent = body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const response = await pool.request({
    method,
    path,
    headers: { authorization, ...sent },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.body.text();
  if (response.statusCode !== 200 && response.statusCode !== 201) {
    throw new Error(`${method} ${path} was answered ${response.statusCode}: ${text.slice(0, 500)}`);
  }
  return JSON.parse(text);
}
