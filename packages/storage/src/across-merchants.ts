import { type Statement, unscopedStatement } from './statement.js';

/**
 * Every statement that is not about one merchant, and why. Those that find work for a job only read; what they find is written
 * merchant by merchant, so that none has to skip rows that others hold at other merchants. On a distributed database each of
 * them goes to every node.
 */
const REASONS = {
  due_attempts:
    'a job asks processors about attempts of every merchant; each merchant’s are then claimed by themselves',
  endpoints_with_due_deliveries:
    'a job delivers for every merchant; each endpoint’s deliveries are then claimed by themselves',
  expired_setup_intents: 'a job ends them; each by a commit of its merchant',
  expired_checkout_sessions: 'a job ends them; each by a commit of its merchant',
  idle_cards: 'a job forgets them; each by a commit of its merchant',
  unused_methods: 'a job detaches them; each by a commit of its merchant',
  expiring_methods: 'a job announces them; each by a commit of its merchant',
  expired_idempotency_records: 'a job deletes them, merchant by merchant',
  old_delivery_attempts: 'a job deletes them, merchant by merchant',
  ended_counts: 'a job deletes them, merchant by merchant',
  old_card_sightings: 'a job deletes them, merchant by merchant',
  attacked_merchants: 'a job looks for them; what it finds is noted merchant by merchant',
  endpoints_that_want_all_events:
    'a new release adds event types for every merchant that wants all; the one write over merchants',
  merchant_of_checkout_session: 'the address of a hosted page holds the session’s id alone',
  any_merchant_key: 'a server that starts checks that its keys are those of this database',
  merchants: 'operators list merchants',
  operator_keys: 'these keys are the installation’s',
  transactions: 'asks which transactions have ended, and reads no table',
  ping: 'asks whether the database answers, and reads no table',
} as const;

/** A statement that names no merchant. It has to be on the list. */
export function acrossMerchants(_name: keyof typeof REASONS, text: string): Statement {
  return unscopedStatement(text);
}
