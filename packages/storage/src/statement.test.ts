import { expect, test } from 'vitest';
import { statement } from './statement.js';

// biome-ignore format: a table
const TEXTS: readonly (readonly [text: string, isTaken: boolean])[] = [
  ['SELECT FROM events AS e WHERE e.merchant_id = $1 AND e.id = $2',                           true],
  ['INSERT INTO api_keys (id, merchant_id) VALUES ($1, $2)',                                   true],
  ['INSERT INTO limit_counters AS c (merchant_id, subject) VALUES ($1, $2)',                   true],
  ['SELECT FROM events WHERE id = $1',                                                         false],
  ['DELETE FROM events AS e USING old WHERE e.merchant_id = old.merchant_id',                  false],
  ['SELECT merchant_id FROM events WHERE merchant_id > $1',                                    false],
  ['INSERT INTO operator_keys (id) VALUES ($1)',                                               false],
];

test('is refused for having one table’s merchant of another’s', () => {
  const text = 'SELECT FROM a JOIN b ON b.merchant_id = a.merchant_id WHERE a.merchant_id = $1';
  expect(() => statement(text)).toThrow('A table has its merchant of another');
});

for (const [text, isTaken] of TEXTS) {
  test(`${isTaken ? 'names its merchant' : 'is refused for naming none'}: ${text}`, () => {
    if (isTaken) expect(statement(text).text).toBe(text);
    else expect(() => statement(text)).toThrow('names no merchant');
  });
}
