import type { Customer, Scope, Storage } from '@onfile/core';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { type Statement, statement } from '../statement.js';
import { customers, mandates, paymentMethods } from '../tables.js';
import { loadById } from './load-by-id.js';
import { loadPage } from './page.js';

type Methods =
  | 'loadCustomer'
  | 'findDeletedCustomer'
  | 'findCustomerByReference'
  | 'listCustomers'
  | 'loadPaymentMethod'
  | 'listPaymentMethods'
  | 'loadMandate'
  | 'listMandates';

export function customerReads(database: Database): Pick<Storage, Methods> {
  const load = loadById(database, LOAD_CUSTOMERS, readCustomer);
  const find = async (query: Statement, { merchantId, mode }: Scope, value: string): Promise<Customer | null> => {
    const [row] = await database.runRepeatable(query, [merchantId, mode === 'live', value]);
    return row ? readCustomer(row) : null;
  };
  return {
    loadCustomer: (scope, selector) =>
      'id' in selector ? load(scope, selector.id) : find(FIND_CUSTOMER, scope, selector.chosenId),

    findDeletedCustomer: (scope, selector) =>
      'id' in selector
        ? find(FIND_DELETED, scope, selector.id)
        : find(FIND_DELETED_BY_CHOSEN_ID, scope, selector.chosenId),

    findCustomerByReference: (scope, reference) => find(FIND_BY_REFERENCE, scope, reference),

    listCustomers: (scope, page) =>
      loadPage(database, { table: customers, visible: 'deleted_at IS NULL' }, { scope, page }),

    loadPaymentMethod: loadById(database, LOAD_PAYMENT_METHODS, (row) =>
      paymentMethods.read(row.payment_method as Row),
    ),

    listPaymentMethods(scope, { customerId }, page) {
      const filters = customerId === undefined ? [] : ['customer_id = $4'];
      const filterValues = customerId === undefined ? [] : [customerId];
      return loadPage(
        database,
        { table: paymentMethods, visible: "state <> 'draft'", filters },
        { scope, page, filterValues },
      );
    },

    loadMandate: loadById(database, LOAD_MANDATES, (row) => mandates.read(row.mandate as Row)),

    listMandates(scope, { paymentMethodId, setupIntentId }, page) {
      const filters: string[] = [];
      const filterValues: string[] = [];
      const narrow = (column: string, value: string | undefined) => {
        if (value !== undefined) filters.push(`${column} = $${3 + filterValues.push(value)}`);
      };
      narrow('payment_method_id', paymentMethodId);
      narrow('setup_intent_id', setupIntentId);
      return loadPage(database, { table: mandates, filters }, { scope, page, filterValues });
    },
  };
}

function readCustomer({ customer }: Row): Customer {
  return customers.read(customer as Row);
}

const LOAD_CUSTOMERS = statement(`
  SELECT c.id, row_to_json(c) AS customer FROM customers AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND c.id = ANY ($3) AND c.deleted_at IS NULL`);

const customerWhere = (condition: string) =>
  statement(`
  SELECT row_to_json(c) AS customer FROM customers AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND ${condition}`);

const FIND_CUSTOMER = customerWhere('c.chosen_id = $3 AND c.deleted_at IS NULL');
const FIND_BY_REFERENCE = customerWhere('c.external_reference = $3 AND c.deleted_at IS NULL');
const FIND_DELETED = customerWhere('c.id = $3 AND c.deleted_at IS NOT NULL');
const FIND_DELETED_BY_CHOSEN_ID = customerWhere('c.chosen_id = $3 AND c.deleted_at IS NOT NULL');

const LOAD_MANDATES = statement(`
  SELECT m.id, row_to_json(m) AS mandate FROM mandates AS m
  WHERE m.merchant_id = $1 AND m.livemode = $2 AND m.id = ANY ($3)`);

const LOAD_PAYMENT_METHODS = statement(`
  SELECT p.id, row_to_json(p) AS payment_method FROM payment_methods AS p
  WHERE p.merchant_id = $1 AND p.livemode = $2 AND p.id = ANY ($3) AND p.state <> 'draft'`);
