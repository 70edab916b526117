import type { Storage } from '@onfile/core';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { statement } from '../statement.js';
import { customers, mandates, paymentMethods } from '../tables.js';
import { loadPage } from './page.js';

type Methods =
  | 'loadCustomer'
  | 'findCustomerByReference'
  | 'listCustomers'
  | 'loadPaymentMethod'
  | 'listPaymentMethods'
  | 'loadMandate'
  | 'listMandates';

export function customerReads(database: Database): Pick<Storage, Methods> {
  return {
    async loadCustomer({ merchantId, mode }, selector) {
      const [query, id] = 'id' in selector ? [LOAD_CUSTOMER, selector.id] : [FIND_CUSTOMER, selector.chosenId];
      const [row] = await database.runRepeatable(query, [merchantId, mode === 'live', id]);
      return row ? customers.read(row.customer as Row) : null;
    },

    async findCustomerByReference({ merchantId, mode }, reference) {
      const [row] = await database.runRepeatable(FIND_BY_REFERENCE, [merchantId, mode === 'live', reference]);
      return row ? customers.read(row.customer as Row) : null;
    },

    listCustomers: (scope, page) =>
      loadPage(database, { table: customers, visible: 'deleted_at IS NULL' }, { scope, page }),

    async loadPaymentMethod({ merchantId, mode }, id) {
      const [row] = await database.runRepeatable(LOAD_PAYMENT_METHOD, [merchantId, mode === 'live', id]);
      return row ? paymentMethods.read(row.payment_method as Row) : null;
    },

    listPaymentMethods(scope, { customerId }, page) {
      const filters = customerId === undefined ? [] : ['customer_id = $4'];
      const filterValues = customerId === undefined ? [] : [customerId];
      return loadPage(
        database,
        { table: paymentMethods, visible: "state <> 'draft'", filters },
        { scope, page, filterValues },
      );
    },

    async loadMandate({ merchantId, mode }, id) {
      const [row] = await database.runRepeatable(LOAD_MANDATE, [merchantId, mode === 'live', id]);
      return row ? mandates.read(row.mandate as Row) : null;
    },

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

const LOAD_CUSTOMER = statement(`
  SELECT row_to_json(c) AS customer FROM customers AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND c.id = $3 AND c.deleted_at IS NULL`);

const FIND_CUSTOMER = statement(`
  SELECT row_to_json(c) AS customer FROM customers AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND c.chosen_id = $3 AND c.deleted_at IS NULL`);

const FIND_BY_REFERENCE = statement(`
  SELECT row_to_json(c) AS customer FROM customers AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND c.external_reference = $3 AND c.deleted_at IS NULL`);

const LOAD_MANDATE = statement(`
  SELECT row_to_json(m) AS mandate FROM mandates AS m WHERE m.merchant_id = $1 AND m.livemode = $2 AND m.id = $3`);

const LOAD_PAYMENT_METHOD = statement(`
  SELECT row_to_json(p) AS payment_method FROM payment_methods AS p
  WHERE p.merchant_id = $1 AND p.livemode = $2 AND p.id = $3 AND p.state <> 'draft'`);
