import {
  type CardBrand,
  type NewPaymentMethod,
  type Outcome,
  type PaymentMethod,
  type PaymentMethodChanges,
  refuse,
} from '@onfile/core';
import type { Route } from '../dialect.js';
import { parseBillingDetails, renderBillingDetails } from './billing-details.js';
import { parseCustomer, parseCustomerId } from './customer-id.js';
import { parseEnteredCard, TYPES } from './entered-card.js';
import type { Fields } from './fields.js';
import { parseMetadata, parseMetadataChange } from './metadata.js';
import { inNames } from './naming.js';
import { operation } from './operation.js';
import { listPage, parsePageQuery, renderList } from './paging.js';
import type { Payjp } from './settings.js';
import { renderTime } from './time.js';

export function paymentMethodRoutes(payjp: Payjp): readonly Route[] {
  const { ids } = payjp;
  const render = (method: PaymentMethod) => renderPaymentMethod(payjp, method);
  const methodInPath = (path: Fields) => path.reference('id', 'payment_method', ids.paymentMethod.parse);

  return [
    operation(payjp, {
      method: 'GET',
      path: '/v2/payment_methods',
      body: 'none',
      parse: ({ query }) => ({ page: parsePageQuery(query), customer: parseCustomer(payjp, query) }),
      act: ({ page, customer }, { call }, { paymentMethods }) =>
        listPage(page, ids.paymentMethod.parse, (request) =>
          paymentMethods.list(call.scope, customer ? { customer } : {}, request),
        ),
      render: (list) => renderList(list, '/v2/payment_methods', render),
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/payment_methods',
      cardFields: { number: 'card.number', cvc: 'card.cvc' },
      body: 'required',
      parse: ({ body }) => parseNewPaymentMethod(payjp, body),
      act: (input, { call }, { paymentMethods }) => paymentMethods.create(call, input),
      render,
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/payment_methods/:id',
      body: 'none',
      parse: ({ path }) => methodInPath(path),
      act: (id, { call }, { paymentMethods }) => paymentMethods.retrieve(call.scope, id),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/payment_methods/:id',
      body: 'required',
      parse: ({ path, body }) => {
        const id = methodInPath(path);
        const changes = parsePaymentMethodChanges(body);
        return id && { id, changes };
      },
      act: ({ id, changes }, { call }, { paymentMethods }) => paymentMethods.update(call, id, changes),
      render,
    }),
    // No card of PAY.JP API v1 is known here, so none is ever found.
    operation(payjp, {
      method: 'GET',
      path: '/v2/payment_methods/cards/:card_id',
      body: 'none',
      parse: () => null,
      act: async (): Promise<Outcome<PaymentMethod>> =>
        refuse('object_not_found', { object: 'payment_method', id: '' }),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/payment_methods/:id/attach',
      body: 'required',
      parse: ({ path, body }) => {
        const name = body.eitherName('customer_id', 'customer');
        body.require(name);
        const id = methodInPath(path);
        const customer = parseCustomerId(payjp, body, name);
        return id && customer && { id, customer };
      },
      act: ({ id, customer }, { call }, { paymentMethods }) => paymentMethods.attach(call, id, customer),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/payment_methods/:id/detach',
      body: 'none',
      parse: ({ path }) => methodInPath(path),
      act: (id, { call }, { paymentMethods }) => paymentMethods.detach(call, id),
      render,
    }),
  ];
}

export function renderPaymentMethod(payjp: Payjp, method: PaymentMethod) {
  const { ids } = payjp;
  const { customer, card, detachedAt } = method;
  const customerId = customer && ids.customer.render(customer);
  return {
    object: 'payment_method',
    id: ids.paymentMethod.render(method.id),
    livemode: method.scope.mode === 'live',
    type: method.type,
    customer_id: inNames(payjp, 'current', customerId),
    customer: inNames(payjp, 'seed', customerId),
    detached_at: detachedAt === null ? null : renderTime(detachedAt),
    metadata: method.metadata,
    created_at: renderTime(method.createdAt),
    updated_at: renderTime(method.updatedAt),
    billing_details: renderBillingDetails(method.billingDetails),
    card: {
      brand: BRAND_NAMES[card.brand],
      country: card.country,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      fingerprint: card.fingerprint,
      last4: card.last4,
    },
  };
}

function parseNewPaymentMethod(payjp: Payjp, body: Fields): NewPaymentMethod | undefined {
  const customer = parseCustomer(payjp, body) ?? null;
  const metadata = parseMetadata(body);
  const card = parseEnteredCard(body);
  return card && { card, customer, metadata };
}

function parsePaymentMethodChanges(body: Fields): PaymentMethodChanges {
  body.require('type');
  const type = body.choice('type', TYPES);
  if (type !== undefined && type !== 'card') body.report('type', 'value', "Must be the payment method's type.");
  const billingDetails = parseBillingDetails(body);
  const metadata = parseMetadataChange(body);
  return { ...(billingDetails && { billingDetails }), ...(metadata && { metadata }) };
}

/** As PAY.JP API v1 spells them; the spelling of v2 is not published. */
const BRAND_NAMES: Readonly<Record<CardBrand, string>> = {
  visa: 'Visa',
  mastercard: 'MasterCard',
  jcb: 'JCB',
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  unionpay: 'UnionPay',
};
