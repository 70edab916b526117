import { describe, expect, test } from 'vitest';
import { createIds } from './ids.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOON = Date.UTC(2026, 0, 15, 12);

describe('ids', () => {
  test('an id is a UUIDv7 that begins with the millisecond in which it was made', () => {
    const id = createIds({ now: () => NOON }).next();
    expect(id).toMatch(UUID_V7);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(NOON);
  });

  test('ten thousand ids of one millisecond are different, and sort in the order in which they were made', () => {
    const ids = createIds({ now: () => NOON });
    const made = Array.from({ length: 10_000 }, () => ids.next());
    expect(new Set(made).size).toBe(made.length);
    expect([...made].sort()).toEqual(made);
  });

  test('when the clock goes back, ids still sort after those made before', () => {
    let now = NOON;
    const ids = createIds({ now: () => now });
    const before = ids.next();
    now -= 60_000;
    const after = ids.next();
    expect(after > before).toBe(true);
    expect(after).toMatch(UUID_V7);
  });
});
