import { randomBytes } from 'node:crypto';
import type { Clock, Ids, Uuid } from '@onfile/core';

const COUNTER_START_MAX = 0x7ff;
const COUNTER_MAX = 0xfff;
const RANDOM_BYTES_PER_ID = 10;
const POOL_BYTES = 512 * RANDOM_BYTES_PER_ID;

/**
 * UUIDv7 (RFC 9562): 48 bits of milliseconds, a 12-bit counter, 62 random bits. The counter starts anywhere in its lower
 * half with each millisecond and counts up within one; when it is used up, or when the clock went back, the ids go on
 * from the last millisecond, so that every id sorts after the one before it.
 */
export function createIds(clock: Clock, random: (bytes: number) => Buffer = randomBytes): Ids {
  let lastMs = -1;
  let lastMsText = '';
  let counter = 0;
  let pool: Buffer = Buffer.alloc(0);
  let taken = 0;

  /** Where in the pool the next id's random bits begin. */
  function takeRandom(): number {
    if (taken + RANDOM_BYTES_PER_ID > pool.length) {
      pool = random(POOL_BYTES);
      taken = 0;
    }
    taken += RANDOM_BYTES_PER_ID;
    return taken - RANDOM_BYTES_PER_ID;
  }

  return {
    next() {
      const at = takeRandom();
      const nowMs = clock.now();
      if (nowMs > lastMs || counter === COUNTER_MAX) {
        lastMs = Math.max(nowMs, lastMs + 1);
        lastMsText = formatTime(lastMs);
        counter = pool.readUInt16BE(at + 8) & COUNTER_START_MAX;
      } else {
        counter += 1;
      }
      return formatUuid(lastMsText, counter, pool, at);
    },
  };
}

function formatTime(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}

function formatUuid(time: string, counter: number, bits: Buffer, at: number): Uuid {
  const count = counter.toString(16).padStart(3, '0');
  const variant = ((bits.readUInt8(at) & 0x3f) | 0x80).toString(16);
  const rest = bits.toString('hex', at + 1, at + 8);
  return `${time}-7${count}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}` as Uuid;
}
