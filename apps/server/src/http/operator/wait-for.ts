import type { Waiting } from '@onfile/dialects';
import type { WaitingRoom } from './waiting-room.js';

/**
 * Between two looks, however often somebody rings. After a ring the database may still hold back what made it, behind
 * another transaction that began before.
 */
const LOOK_MS_MIN = 20;
/** What other processes do rings no bell here. */
const LOOK_MS_MAX = 1_000;

/**
 * Looks until there is something, the time is up, the caller is gone or the room is closed; answers what it found last, and
 * `null` when the room is full. Looks again soon after each ring, and ever more seldom without one.
 */
export async function waitFor<T>(
  room: WaitingRoom,
  { waitMs, signal }: Waiting,
  { look, isThere }: { look: () => Promise<T>; isThere: (found: T) => boolean },
): Promise<T | null> {
  const first = await look();
  if (isThere(first) || waitMs === 0) return first;
  const waiter = room.enter();
  if (waiter === null) return null;

  const leave = () => waiter.end();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  const endAt = performance.now() + waitMs;
  try {
    let pauseMs = LOOK_MS_MIN;
    for (;;) {
      // What came between the first look and the entering rang for nobody, so there is a look before the first long wait.
      const leftMs = endAt - performance.now();
      const isRung = await waiter.wait(Math.min(pauseMs, Math.max(0, leftMs)));
      const found = await look();
      if (isThere(found) || waiter.isEnded || performance.now() >= endAt) return found;
      if (isRung) await waiter.rest(LOOK_MS_MIN);
      pauseMs = isRung ? LOOK_MS_MIN : Math.min(pauseMs * 2, LOOK_MS_MAX);
    }
  } finally {
    signal.removeEventListener('abort', leave);
    waiter.leave();
  }
}
