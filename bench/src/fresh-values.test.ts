import { describe, expect, test } from 'vitest';
import { freshValues } from './fresh-values.js';

const MADE = '019a0000-0000-7000-8000-00000000000a';
const KNOWN = '019a0000-0000-7000-8000-00000000000b';

describe('the values of a recorded statement', () => {
  test('come again with other ids for those that the operation made, wherever they stand, and each id stays one', () => {
    const fill = freshValues([MADE, KNOWN, `{"id":"${MADE}"}`, 7, null], [MADE]);
    const [id, known, json, number, nothing] = fill();
    expect(id).toMatch(/^f[0-9a-f]{7}-[0-9a-f]{4}-7000-8000-[0-9a-f]{12}$/);
    expect([known, json, number, nothing]).toEqual([KNOWN, `{"id":"${id}"}`, 7, null]);
  });

  test('are never the same twice, and their ids ascend', () => {
    const fill = freshValues([MADE], [MADE]);
    const ids = Array.from({ length: 300 }, () => String(fill()[0]));
    expect([...new Set(ids)].sort()).toEqual(ids);
  });

  test('are the recorded ones where the operation made no ids', () => {
    expect(freshValues([KNOWN, 1], [])()).toEqual([KNOWN, 1]);
  });
});
