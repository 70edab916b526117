import { expect, test } from 'vitest';
import { violatedKeyOf } from './faults.js';

const answer = (parts: object) => ({ severity: 'ERROR', code: '23505', ...parts });

// biome-ignore format: a table
const ERRORS: readonly (readonly [what: string, error: object, key: string | null])[] = [
  ['by its constraint',                     answer({ constraint: 'customers_pkey', message: 'x' }),                                                          'customers_pkey'],
  ['by a shard’s constraint',               answer({ constraint: 'customers_pkey_102042' }),                                                                 'customers_pkey'],
  ['by its message, where no field has it', answer({ message: 'duplicate key value violates unique constraint "idempotency_records_pkey_102008"' }),        'idempotency_records_pkey'],
  ['not at all, by another failure',        answer({ code: '23514', constraint: 'customers_check' }),                                                        null],
  ['not at all, by a lost connection',      { code: 'ECONNRESET' },                                                                                          null],
];
for (const [what, error, key] of ERRORS) {
  test(`a key that was violated is told ${what}`, () => {
    expect(violatedKeyOf(error)).toBe(key);
  });
}
