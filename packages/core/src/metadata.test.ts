import { expect, test } from 'vitest';
import { applyMetadataChange, checkMetadataSize, METADATA_KEYS_MAX } from './metadata.js';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));

test('a change sets and removes keys, and leaves the others', () => {
  const changed = applyMetadataChange(
    { a: 1, b: 'two', c: true },
    { set: { b: 2, d: 'new' }, remove: ['c', 'unknown'] },
  );
  expect(changed).toEqual({ a: 1, b: 2, d: 'new' });
});

test('twenty keys are allowed and one more is refused with the count', () => {
  expect(checkMetadataSize(many(METADATA_KEYS_MAX))).toBeNull();
  expect(checkMetadataSize(many(METADATA_KEYS_MAX + 1))?.refusal).toEqual({
    code: 'metadata_limit_exceeded',
    facts: { count: 21, limit: 20 },
  });
});
