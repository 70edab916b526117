import type { Customer, CustomerChanges, NewCustomer, Uuid } from '@onfile/core';
import type { Route } from '../dialect.js';
import { EMAIL } from './billing-details.js';
import { findCustomerId, parseCustomerId } from './customer-id.js';
import type { Fields, TextRule } from './fields.js';
import { CHOSEN_CUSTOMER_ID } from './ids.js';
import { parseMetadata, parseMetadataChange } from './metadata.js';
import { inNames } from './naming.js';
import { operation } from './operation.js';
import { listPage, parsePageQuery, renderList } from './paging.js';
import { renderPaymentMethod } from './payment-method.js';
import type { Payjp } from './settings.js';
import { renderTime } from './time.js';

export function customerRoutes(payjp: Payjp): readonly Route[] {
  const { ids } = payjp;
  const render = (customer: Customer) => renderCustomer(payjp, customer);
  const customerInPath = (path: Fields) => parseCustomerId(payjp, path, 'id');

  return [
    operation(payjp, {
      method: 'GET',
      path: '/v2/customers',
      body: 'none',
      parse: ({ query }) => parsePageQuery(query),
      act: (page, { call: { scope } }, { customers }) =>
        listPage(
          page,
          (id) => findCustomerId(payjp, { scope, id, customers }),
          (request) => customers.list(scope, request),
        ),
      render: (list) => renderList(list, '/v2/customers', render),
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/customers',
      body: 'required',
      parse: ({ body }) => parseNewCustomer(payjp, body),
      act: (input, { call }, { customers }) => customers.create(call, input),
      render,
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/customers/:id',
      body: 'none',
      parse: ({ path }) => customerInPath(path),
      act: (selector, { call }, { customers }) => customers.retrieve(call.scope, selector),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/customers/:id',
      body: 'required',
      parse: ({ path, body }) => {
        const selector = customerInPath(path);
        const changes = parseCustomerChanges(payjp, body);
        return selector && { selector, changes };
      },
      act: ({ selector, changes }, { call }, { customers }) => customers.update(call, selector, changes),
      render,
    }),
    operation(payjp, {
      method: 'DELETE',
      path: '/v2/customers/:id',
      body: 'none',
      parse: ({ path }) => customerInPath(path),
      act: (selector, { call }, { customers }) => customers.delete(call, selector),
      render,
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/customers/:id/payment_methods',
      body: 'none',
      parse: ({ path, query }) => {
        const selector = customerInPath(path);
        const page = parsePageQuery(query);
        return selector && { selector, page };
      },
      act: ({ selector, page }, { call }, { customers }) =>
        listPage(page, ids.paymentMethod.parse, (request) =>
          customers.listPaymentMethods(call.scope, selector, request),
        ),
      render: (list, { params }) =>
        renderList(list, `/v2/customers/${params.id}/payment_methods`, (method) => renderPaymentMethod(payjp, method)),
    }),
  ];
}

export function renderCustomer(payjp: Payjp, customer: Customer) {
  const { ids } = payjp;
  const { defaultPaymentMethodId } = customer;
  const methodId = defaultPaymentMethodId && ids.paymentMethod.render(defaultPaymentMethodId);
  return {
    object: 'customer',
    id: ids.customer.render(customer),
    livemode: customer.scope.mode === 'live',
    email: customer.email,
    description: customer.description,
    default_payment_method_id: inNames(payjp, 'current', methodId),
    default_payment_method: inNames(payjp, 'seed', methodId),
    metadata: customer.metadata,
    created_at: renderTime(customer.createdAt),
    updated_at: renderTime(customer.updatedAt),
  };
}

function parseNewCustomer(payjp: Payjp, body: Fields): NewCustomer {
  const { ids } = payjp;
  const chosen = body.text('id', CHOSEN_ID);
  const paymentMethodName = body.eitherName('payment_method_id', 'payment_method');
  return {
    selector: chosen === undefined ? null : ids.customer.parse(chosen),
    email: body.text('email', EMAIL) ?? null,
    description: body.text('description', DESCRIPTION) ?? null,
    metadata: parseMetadata(body),
    paymentMethodId: body.reference(paymentMethodName, 'payment_method', ids.paymentMethod.parse) ?? null,
  };
}

function parseCustomerChanges(payjp: Payjp, body: Fields): CustomerChanges {
  const email = body.text('email', EMAIL);
  const description = body.text('description', DESCRIPTION);
  const metadata = parseMetadataChange(body);
  const defaultPaymentMethodId = parseDefaultPaymentMethod(payjp, body);
  return {
    ...(email !== undefined && { email }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(defaultPaymentMethodId !== undefined && { defaultPaymentMethodId }),
  };
}

/** `null` clears it. The published clients disagree on whether they may send that; accepting it suits both. */
function parseDefaultPaymentMethod({ ids }: Payjp, body: Fields): Uuid | null | undefined {
  const name = body.eitherName('default_payment_method_id', 'default_payment_method');
  return body.isNull(name) ? null : body.reference(name, 'payment_method', ids.paymentMethod.parse);
}

const CHOSEN_ID: TextRule = {
  lengthMax: 100,
  form: { pattern: CHOSEN_CUSTOMER_ID, message: 'Must be 1 to 100 letters, digits, hyphens and underscores.' },
};

export const DESCRIPTION: TextRule = { lengthMax: 255 };
