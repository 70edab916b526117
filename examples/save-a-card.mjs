// Saves a card with PAY.JP's own SDK. Start Onfile first (`npm start`), then: node examples/save-a-card.mjs
// The only difference from code for PAY.JP is `baseUrl`.
import { readFileSync } from 'node:fs';
import * as payjp from '@payjp/payjpv2';

const dev = JSON.parse(readFileSync(process.env.ONFILE_DEV_FILE ?? '.onfile/dev.json', 'utf8'));
const client = payjp.createClient({ apiKey: dev.merchant.secretKey, baseUrl: dev.apiUrl });
const call = { client, throwOnError: true };

const { data: customer } = await payjp.createCustomer({ ...call, body: { email: 'taro@example.com' } });

const { data: session } = await payjp.createCheckoutSession({
  ...call,
  body: { mode: 'setup', customer_id: customer.id, success_url: `${dev.demoUrl}/`, cancel_url: `${dev.demoUrl}/` },
});
console.log(`Open this page, enter 4242 4242 4242 4242, any future expiry and any code:\n\n  ${session.url}\n`);

let flow;
do {
  await new Promise((resolve) => setTimeout(resolve, 500));
  ({ data: flow } = await payjp.getSetupFlow({ ...call, path: { setup_flow_id: session.setup_flow_id } }));
} while (flow.status !== 'succeeded' && flow.status !== 'canceled');
console.log(`The setup flow is ${flow.status}.`);

const { data: methods } = await payjp.getCustomerPaymentMethods({ ...call, path: { customer_id: customer.id } });
for (const { id, card } of methods.data) console.log(`Saved: ${card.brand} ending in ${card.last4} (${id})`);

const { data: completed } = await payjp.getCheckoutSession({ ...call, path: { checkout_session_id: session.id } });
console.log(`The checkout session is ${completed.status}.`);

const { data: events } = await payjp.getAllEvents({ ...call, query: { limit: 20 } });
console.log('Events, oldest first:');
for (const { type } of events.data.toReversed()) console.log(`  ${type}`);
