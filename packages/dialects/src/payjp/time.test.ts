import { expect, test } from 'vitest';
import { Faults, Fields } from './fields.js';
import { parseTime, renderTime } from './time.js';

test('a moment is told in UTC', () => {
  expect(renderTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02T03:04:05.006Z');
});

test.each([
  ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['2026-01-02T03:04:05.123456Z', Date.UTC(2026, 0, 2, 3, 4, 5, 123)],
  ['2026-01-02T12:04:05+09:00', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['2026-01-02T03:04:05', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['2026-01-02', null],
  ['2026-13-02T03:04:05Z', null],
  ['2026-01-02 03:04:05', null],
  ['tomorrow', null],
  ['', null],
  [1767323045, null],
  [null, null],
])('%j is read as %s', (text, instant) => {
  const faults = new Faults();
  const read = parseTime(new Fields(faults, { expires_at: text }), 'expires_at');
  expect(read ?? null).toBe(instant);
  expect(faults.first === null).toBe(instant !== null);
});
