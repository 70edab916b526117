import { beforeEach, describe, expect, test } from 'vitest';
import { createRateLimiter, type RateLimiter } from './rate-limiter.js';

const SLOT = Date.UTC(2026, 0, 2, 12);
let now: number;
let limiter: RateLimiter;
beforeEach(() => {
  now = SLOT;
  const windows = [
    { requests: 3, seconds: 1 },
    { requests: 5, seconds: 60 },
  ];
  limiter = createRateLimiter(windows, { now: () => now });
});

const count = (name = 'a') => limiter.count(name);
const inSeconds = (seconds: number) => SLOT / 1_000 + seconds;

describe('a caller', () => {
  test('may make as many requests as the narrowest window has, and is told of that one', () => {
    expect([count(), count(), count(), count()]).toEqual([
      { isOver: false, remaining: 2, resetAt: inSeconds(1) },
      { isOver: false, remaining: 1, resetAt: inSeconds(1) },
      { isOver: false, remaining: 0, resetAt: inSeconds(1) },
      { isOver: true, remaining: 0, resetAt: inSeconds(1) },
    ]);
  });

  test('has a new slot with a new second, and what was refused does not count', () => {
    for (let requests = 0; requests < 9; requests += 1) count();
    now += 1_000;
    expect(count()).toEqual({ isOver: false, remaining: 1, resetAt: inSeconds(60) });
    expect(count()).toEqual({ isOver: false, remaining: 0, resetAt: inSeconds(60) });
    now += 1_000;
    expect(count()).toEqual({ isOver: true, remaining: 0, resetAt: inSeconds(60) });
    now += 58_000;
    expect(count().isOver).toBe(false);
  });

  test('is not counted with another', () => {
    for (let requests = 0; requests < 4; requests += 1) count('a');
    expect(count('b')).toMatchObject({ isOver: false, remaining: 2 });
  });
});
