/** What can be made to happen, by PAY.JP's names, and how. In the order in which they are listed. */
export const TRIGGERABLE = {
  'customer.created': 'a customer is created',
  'customer.updated': 'a customer is created and changed',
  'customer.deleted': 'a customer is created and deleted',
  'setup_flow.created': 'a setup flow is created for a customer',
  'setup_flow.requires_action': 'a card is entered, and its issuer wants to see the cardholder',
  'setup_flow.succeeded': 'a card is entered, and the cardholder passes 3-D Secure',
  'setup_flow.setup_failed': 'a card is entered that its issuer declines',
  'setup_flow.canceled': 'a setup flow is created and canceled',
  'payment_method.attached': 'a card is saved for a customer',
  'payment_method.updated': 'a card is saved, and its billing details are changed',
  'payment_method.detached': 'a card is saved and detached',
  'checkout.session.completed': 'a card is saved on the hosted page',
  'checkout.session.expired': 'a checkout session is created and expired',
} as const;

export type Triggerable = keyof typeof TRIGGERABLE;

/** Objects whose fields `--set` changes. */
export type Settable = 'customer' | 'setup_flow' | 'checkout_session' | 'payment_method' | 'billing_details' | 'card';
