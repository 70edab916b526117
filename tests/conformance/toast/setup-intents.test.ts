import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, startToastServer, type ToastServer } from './toast-server.js';

let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer();
});
afterAll(() => toast?.onfile.stop());

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

test('a card is saved to a customer', async () => {
  const intent = await toast.newIntent();
  expect(intent).toMatchObject({ status: 'REQUIRES_PAYMENT_METHOD' });
  const entered = await toast.enterCard(intent);
  expect(entered.body).toMatchObject({ type: 'CARD' });
  expect(entered.status).toBe(200);
  const confirmed = await toast.confirm(intent);
  expect(confirmed.body).toMatchObject({ status: 'SUCCEEDED', paymentMethodId: entered.body.id, mandateId: null });
});
