import { describe, expect, test } from 'vitest';
import { Faults, Fields } from './fields.js';
import { parseMetadata, parseMetadataChange } from './metadata.js';

function read(metadata: unknown) {
  const faults = new Faults();
  const change = parseMetadataChange(new Fields(faults, { metadata }));
  const fault = faults.first;
  return { change, problems: fault?.kind === 'invalid' ? fault.problems.map(({ field, kind }) => [field, kind]) : [] };
}

describe('metadata', () => {
  test.each([
    // given                                set                                    removed
    [{}, {}, []],
    [[], {}, []],
    [{ a: 'x', b: 1, c: true, d: -5 }, { a: 'x', b: 1, c: true, d: -5 }, []],
    [{ a: '', b: '' }, {}, ['a', 'b']],
    [{ a: '', b: 'x' }, { b: 'x' }, ['a']],
    [{ ['k'.repeat(40)]: 'v'.repeat(500) }, { ['k'.repeat(40)]: 'v'.repeat(500) }, []],
    [{ 鍵: '😀'.repeat(500) }, { 鍵: '😀'.repeat(500) }, []],
  ])('%j sets and removes', (given, set, remove) => {
    expect(read(given)).toEqual({ change: { set, remove }, problems: [] });
  });

  test.each([
    [null, ['metadata', 'type']],
    ['a', ['metadata', 'type']],
    [['a'], ['metadata', 'type']],
    [{ a: null }, ['metadata.a', 'type']],
    [{ a: 1.5 }, ['metadata.a', 'type']],
    [{ a: 9007199254740992 }, ['metadata.a', 'type']],
    [{ a: {} }, ['metadata.a', 'type']],
    [{ a: ['x'] }, ['metadata.a', 'type']],
    [{ a: 'v'.repeat(501) }, ['metadata.a', 'too_long']],
    [{ a: '😀'.repeat(501) }, ['metadata.a', 'too_long']],
    [{ ['k'.repeat(41)]: 'x' }, ['metadata', 'too_long']],
    [{ '': 'x' }, ['metadata', 'too_long']],
    [{ 'a\\': 'x' }, ['metadata', 'type']],
  ])('%j is refused', (given, problem) => {
    expect(read(given).problems).toEqual([problem]);
  });

  test('that is absent changes nothing, and a new object then has none', () => {
    const absent = new Fields(new Faults(), {});
    expect(parseMetadataChange(absent)).toBeUndefined();
    expect(parseMetadata(absent)).toEqual({});
  });

  test('of a new object has no empty texts', () => {
    expect(parseMetadata(new Fields(new Faults(), { metadata: { a: '', b: 'x' } }))).toEqual({ b: 'x' });
  });
});
