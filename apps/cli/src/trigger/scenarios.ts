import { CommandFault, EXIT_CODES } from '../output.js';
import type { ApiObject, Stage } from './stage.js';
import type { Settable, Triggerable } from './triggerable.js';

/** How something is made to happen. Answers the id of the object that it happens to. */
export interface Scenario {
  readonly sets: readonly Settable[];
  play(stage: Stage): Promise<string>;
}

const CUSTOMER = ['customer'] as const;
const FLOW = ['customer', 'setup_flow'] as const;
const CARD = [...FLOW, 'card', 'billing_details'] as const;

export const SCENARIOS: Readonly<Record<Triggerable, Scenario>> = {
  'customer.created': { sets: CUSTOMER, play: async (stage) => (await stage.customer()).id },
  'customer.updated': {
    sets: CUSTOMER,
    async play(stage) {
      const { id } = await stage.customer();
      await stage.post(`/v2/customers/${id}`, { description: 'changed', ...stage.wished('customer') });
      return id;
    },
  },
  'customer.deleted': {
    sets: CUSTOMER,
    async play(stage) {
      const { id } = await stage.customer();
      await stage.delete(`/v2/customers/${id}`);
      return id;
    },
  },
  'setup_flow.created': { sets: FLOW, play: async (stage) => (await stage.setupFlow()).id },
  'setup_flow.requires_action': {
    sets: CARD,
    async play(stage) {
      const flow = await stage.enterCard(await stage.setupFlow(), 'approved');
      return requireStatus(flow, 'requires_action').id;
    },
  },
  'setup_flow.succeeded': { sets: CARD, play: async (stage) => (await savedFlow(stage)).id },
  'setup_flow.setup_failed': {
    sets: CARD,
    async play(stage) {
      const flow = await stage.enterCard(await stage.setupFlow(), 'declined');
      return requireStatus(flow, 'requires_payment_method').id;
    },
  },
  'setup_flow.canceled': {
    sets: FLOW,
    async play(stage) {
      const { id } = await stage.setupFlow();
      await stage.post(`/v2/setup_flows/${id}/cancel`);
      return id;
    },
  },
  'payment_method.attached': { sets: CARD, play: savedMethod },
  'payment_method.updated': {
    sets: [...CARD, 'payment_method'],
    async play(stage) {
      const id = await savedMethod(stage);
      const change = { billing_details: { name: 'JIRO ONFILE' }, ...stage.wished('payment_method') };
      await stage.post(`/v2/payment_methods/${id}`, { type: 'card', ...change });
      return id;
    },
  },
  'payment_method.detached': {
    sets: CARD,
    async play(stage) {
      const id = await savedMethod(stage);
      await stage.post(`/v2/payment_methods/${id}/detach`);
      return id;
    },
  },
  'checkout.session.completed': {
    sets: ['customer', 'checkout_session', 'card'],
    async play(stage) {
      const session = await stage.checkoutSession();
      await stage.completeHostedPage(session);
      return session.id;
    },
  },
  'checkout.session.expired': {
    sets: ['customer', 'checkout_session'],
    async play(stage) {
      const { id } = await stage.checkoutSession();
      await stage.post(`/v2/checkout/sessions/${id}/expire`);
      return id;
    },
  },
};

async function savedFlow(stage: Stage): Promise<ApiObject> {
  const entered = await stage.enterCard(await stage.setupFlow(), 'approved');
  return requireStatus(await stage.passAuthentication(entered), 'succeeded');
}

async function savedMethod(stage: Stage): Promise<string> {
  return String((await savedFlow(stage)).payment_method_id);
}

function requireStatus(flow: ApiObject, status: string): ApiObject {
  if (flow.status === status) return flow;
  throw new CommandFault(
    `${flow.id} is ${flow.status}, not ${status}. Is the processor the simulator, and is nothing scripted there?`,
    EXIT_CODES.fault,
  );
}
