import { describe, expect, test } from 'vitest';
import { parsePerSecond } from './pgbench.js';
import { idsMade, type RecordedStatement, renderScript } from './pgbench-script.js';

const MERCHANT = '01890000-0000-7000-8000-00000000000a';
const MADE = '01890000-0000-7000-8000-0000000000b1';
const ALSO_MADE = '01890000-0000-7000-8000-0000000000b2';
const MADE_ID = "(lpad(to_hex(:row::bigint), 12, '0') || '70008000000000000000')::uuid::text";
const ALSO_MADE_ID = "(lpad(to_hex(:row::bigint), 12, '0') || '70008000000000000001')::uuid::text";

describe('a script for pgbench', () => {
  const values = [
    // a value of type …              becomes                                    and its variable is
    ['bigint', 12, '(:v0)::bigint', '12'],
    ['boolean', false, '(:v0)::boolean', 'false'],
    ['text', "it's 10:30", '(:v0)::text', "it's 10:30"],
    ['text', '', '(:v0)::text', ''],
    ['bytea', Buffer.from([0, 255]), '(:v0)::bytea', '\\x00ff'],
    ['text[]', ['a', 'b "c\\'], '(:v0)::text[]', '{"a","b \\"c\\\\"}'],
    ['uuid', MERCHANT, '(:v0)::uuid', MERCHANT],
    ['text', null, '(NULL)::text', undefined],
    ['uuid', MADE, `(${MADE_ID})::uuid`, undefined],
    ['text', `pm_${MADE}.`, `(:v0::text || ${MADE_ID} || :v1::text)::text`, 'pm_'],
  ] as const;
  for (const [type, value, expected, variable] of values) {
    test(`sends ${JSON.stringify(value)} as ${expected}`, () => {
      const { text, variables } = script([{ text: 'SELECT $1', values: [value], types: [type] }]);
      expect(text).toContain(`SELECT ${expected};\n`);
      expect(variables.v0).toBe(variable);
    });
  }

  test('gives an id that was made the same new value in all statements, and another one another', () => {
    const { text, variables } = script([
      { text: 'INSERT $1, $2', values: [MADE, MERCHANT], types: ['uuid', 'uuid'] },
      { text: 'UPDATE $2, $1', values: [MADE, ALSO_MADE], types: ['uuid', 'uuid'] },
    ]);
    expect(text.split('\n')).toEqual([
      '\\set n :n + 1',
      '\\set row :n * 100 + :client_id',
      `INSERT (${MADE_ID})::uuid, (:v0)::uuid;`,
      `UPDATE (${ALSO_MADE_ID})::uuid, (${MADE_ID})::uuid;`,
      '',
    ]);
    expect(variables).toEqual({ v0: MERCHANT });
  });

  test('tells $1 from $10, and has one variable for equal values', () => {
    const { text, variables } = script([
      { text: 'SELECT $10, $1', values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 1], types: Array(10).fill('integer') },
    ]);
    expect(text).toContain('SELECT (:v0)::integer, (:v0)::integer;');
    expect(variables).toEqual({ v0: '1' });
  });

  test('counts no transactions where nothing is made', () => {
    const text = renderScript([{ text: 'SELECT 1', values: [], types: [] }], { madeIds: new Set(), prefix: 'v' }).text;
    expect(text).toBe('SELECT 1;\n');
  });

  test('refuses a parameter without a value, and a value that is no SQL', () => {
    expect(() => script([{ text: 'SELECT $2', values: [1], types: ['integer'] }])).toThrow('parameter $2');
    expect(() => script([{ text: 'SELECT $1', values: [{}], types: ['jsonb'] }])).toThrow('no text for');
  });
});

test('the ids that an operation made are those that the same operation, done again, does not have', () => {
  const made = idsMade([MERCHANT, `key ${MADE}`, 3, null, [ALSO_MADE]], [MERCHANT, 'key', 3, null, []]);
  expect([...made]).toEqual([MADE, ALSO_MADE]);
});

test("pgbench's rate is read from what it prints, and nothing else is taken for one", () => {
  const printed = 'number of failed transactions: 0 (0.000%)\ntps = 6421.337 (without initial connection time)\n';
  expect(parsePerSecond(printed)).toBe(6421.337);
  expect(() => parsePerSecond('pgbench: error')).toThrow('no rate');
});

function script(statements: readonly RecordedStatement[]) {
  return renderScript(statements, { madeIds: new Set([MADE, ALSO_MADE]), prefix: 'v' });
}
