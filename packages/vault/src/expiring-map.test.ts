import { describe, expect, test } from 'vitest';
import { TestClock } from '../testing/test-vault.js';
import { ExpiringMap } from './expiring-map.js';

function open(whenFull: 'evict_oldest' | 'refuse' = 'evict_oldest') {
  const clock = new TestClock();
  const wiped: string[] = [];
  const map = new ExpiringMap<string, string>({
    clock,
    lifetimeMs: 100,
    countMax: 2,
    wipe: (value) => wiped.push(value),
    whenFull,
  });
  return { clock, wiped, map };
}

describe('an expiring map', () => {
  test('gives a value until its time is over, and wipes it then', () => {
    const { clock, wiped, map } = open();
    map.set('a', '1');
    clock.advance(99);
    expect(map.get('a')).toBe('1');
    clock.advance(1);
    expect(map.get('a')).toBeNull();
    expect(wiped).toEqual(['1']);
    expect(map.size).toBe(0);
  });

  test('wipes by a sweep what nobody asks for, and only what is over', () => {
    const { clock, wiped, map } = open();
    map.set('a', '1');
    clock.advance(50);
    map.set('b', '2');
    clock.advance(50);
    map.sweep();
    expect(wiped).toEqual(['1']);
    expect(map.get('b')).toBe('2');
  });

  test('ends everything when the clock was set back', () => {
    const { clock, wiped, map } = open();
    map.set('a', '1');
    clock.advance(-1);
    expect(map.get('a')).toBeNull();
    expect(wiped).toEqual(['1']);
  });

  test('hands a value out once, unwiped', () => {
    const { wiped, map } = open();
    map.set('a', '1');
    expect(map.take('a')).toBe('1');
    expect(map.take('a')).toBeNull();
    expect(wiped).toEqual([]);
  });

  test('does not hand out what is over', () => {
    const { clock, wiped, map } = open();
    map.set('a', '1');
    clock.advance(100);
    expect(map.take('a')).toBeNull();
    expect(wiped).toEqual(['1']);
  });

  test('wipes a value that is replaced, deleted or cleared', () => {
    const { wiped, map } = open();
    map.set('a', '1');
    map.set('a', '2');
    map.delete('a');
    map.set('b', '3');
    map.clear();
    expect(wiped).toEqual(['1', '2', '3']);
  });

  test('pushes the oldest out when it is full', () => {
    const { wiped, map } = open('evict_oldest');
    for (const key of ['a', 'b', 'c']) expect(map.set(key, key)).toBe(true);
    expect(wiped).toEqual(['a']);
    expect(map.size).toBe(2);
  });

  test('takes no more when it is full and told so, until there is room', () => {
    const { clock, wiped, map } = open('refuse');
    map.set('a', '1');
    map.set('b', '2');
    expect(map.hasRoom()).toBe(false);
    expect(map.set('c', '3')).toBe(false);
    expect(wiped).toEqual([]);
    expect(map.set('a', '4')).toBe(true);

    clock.advance(100);
    expect(map.hasRoom()).toBe(true);
    expect(map.set('c', '3')).toBe(true);
    expect([...wiped].sort()).toEqual(['1', '2', '4']);
  });
});
