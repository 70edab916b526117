import { describe, expect, test } from 'vitest';
import { waitFor } from './wait-for.js';
import { createWaitingRoom } from './waiting-room.js';

const HOUR_MS = 3_600_000;

describe('A waiting room', () => {
  test('wakes whoever waits at a ring, and keeps one that came before', async () => {
    const room = createWaitingRoom();
    const waiter = room.enter();
    const waiting = waiter?.wait(HOUR_MS);
    room.ring();
    expect(await waiting).toBe(true);
    room.ring();
    expect(await waiter?.wait(HOUR_MS)).toBe(true);
    expect(await waiter?.wait(0)).toBe(false);
  });

  test('lets in so many, and another one when one has left', () => {
    const room = createWaitingRoom(2);
    const [first, second] = [room.enter(), room.enter()];
    expect(second).not.toBeNull();
    expect(room.enter()).toBeNull();
    first?.leave();
    expect(room.enter()).not.toBeNull();
  });

  test('that is closed ends the waits, also those to come', async () => {
    const room = createWaitingRoom();
    const waiter = room.enter();
    const waiting = waiter?.wait(HOUR_MS);
    room.close();
    expect(await waiting).toBe(false);
    expect(await room.enter()?.wait(HOUR_MS)).toBe(false);
  });
});

describe('Waiting for something', () => {
  const signal = new AbortController().signal;
  const numbers = (isThere: (found: number) => boolean) => {
    let looks = 0;
    return { look: async () => (looks += 1), isThere };
  };

  test('asks once where nobody wants to wait', async () => {
    expect(
      await waitFor(
        createWaitingRoom(),
        { waitMs: 0, signal },
        numbers(() => false),
      ),
    ).toBe(1);
  });

  test('looks again after a ring', async () => {
    const room = createWaitingRoom();
    let isThere = false;
    const waiting = waitFor(
      room,
      { waitMs: HOUR_MS, signal },
      numbers(() => isThere),
    );
    isThere = true;
    room.ring();
    expect(await waiting).toBeGreaterThan(0);
  });

  test('looks again by itself, for others may make what rings no bell here', async () => {
    expect(
      await waitFor(
        createWaitingRoom(),
        { waitMs: HOUR_MS, signal },
        numbers((looks) => looks === 3),
      ),
    ).toBe(3);
  });

  test('ends when its caller is gone, and leaves its place to another', async () => {
    const room = createWaitingRoom(1);
    const gone = new AbortController();
    const waiting = waitFor(
      room,
      { waitMs: HOUR_MS, signal: gone.signal },
      numbers(() => false),
    );
    gone.abort();
    await waiting;
    expect(room.enter()).not.toBeNull();
  });

  test('is refused where the room is full', async () => {
    const room = createWaitingRoom(0);
    expect(
      await waitFor(
        room,
        { waitMs: HOUR_MS, signal },
        numbers(() => false),
      ),
    ).toBeNull();
    expect(
      await waitFor(
        room,
        { waitMs: HOUR_MS, signal },
        numbers(() => true),
      ),
    ).toBe(1);
  });
});
