import { type Receiver, startReceiver } from '../webhooks/receivers.js';
import { ask, type Json, type OperatorWorld, payjp } from './world.js';

/** A saved card with everything that belongs to it, told to an endpoint that listens on the loopback. */
export interface Things {
  readonly receiver: Receiver;
  readonly endpoint: Json;
  readonly customer: Json;
  readonly flow: Json;
  readonly method: Json;
  readonly session: Json;
  readonly key: Json;
  /** Of the flow's success; accepted by the endpoint. */
  readonly event: Json;
}

export const ANSWER = { body: 'thank you\nvery much', 'x-shop': 'yes' };
export const EMAIL = 'Taro@shop.example';

export async function makeThings(world: OperatorWorld): Promise<Things> {
  const receiver = await startReceiver((_, { response }) => {
    response.writeHead(200, { 'x-shop': ANSWER['x-shop'], 'set-cookie': 'session=1' }).end(ANSWER.body);
    return null;
  });
  const endpoint = (await ask(world, 'POST /webhook_endpoints', { body: { url: receiver.url } })).json;
  const customer = await payjp(world, 'POST /v2/customers', { email: EMAIL });
  const session = await payjp(world, 'POST /v2/checkout/sessions', { mode: 'setup', customer_email: EMAIL });
  const made = await payjp(world, 'POST /v2/setup_flows', { customer_id: customer.id, usage: 'on_session' });
  const flow = await payjp(world, `POST /v2/setup_flows/${made.id}/confirm`, {
    payment_method_data: {
      type: 'card',
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2039, cvc: '123' },
      billing_details: { name: 'TARO YAMADA', email: EMAIL },
    },
    return_url: 'https://shop.example/done',
  });
  if (flow.status !== 'succeeded') throw new Error(`the flow is ${flow.status}`);
  const method = await payjp(world, `GET /v2/payment_methods/${flow.payment_method_id}`);
  const [event] = await followUntil(world, `object_id=${flow.id}&type=setup_intent.succeeded`, 1);
  const key = (await ask(world, 'POST /keys', { body: { name: 'a test' } })).json;
  await deliveredTo(world, endpoint, event);
  return { receiver, endpoint, customer, flow, method, session, key, event };
}

/** Events until there are so many: the latest can be held back for a moment. */
export async function followUntil(world: OperatorWorld, query: string, count: number): Promise<Json[]> {
  const found: Json[] = [];
  let cursor = '';
  for (let reads = 0; found.length < count && reads < 100; reads += 1) {
    const { json } = await ask(world, `GET /events?${query}&wait_ms=1000${cursor}`);
    found.push(...json.data);
    cursor = `&cursor=${json.next_cursor}`;
  }
  return found;
}

async function deliveredTo(world: OperatorWorld, endpoint: Json, event: Json): Promise<void> {
  for (let reads = 0; reads < 1_000; reads += 1) {
    const { json, status } = await ask(world, `GET /deliveries/${event.id}/${endpoint.id}`);
    if (status === 200 && json.state === 'accepted') return;
  }
  throw new Error('the event was not delivered');
}
