import { describe, expect, test } from 'vitest';
import type { Event, Scope } from '../../src/index.js';
import { aCustomer, NOON } from '../builders.js';
import type { World } from './world.js';

export function followedEventCases(world: () => World): void {
  describe('whoever follows events', () => {
    test('misses none and sees none twice while others write, and sees those of each object in order', async () => {
      const w = world();
      const scope = await w.newScope();
      const readers = upTo(3).map((reader) => followUntil(w, scope, 6 * 20, reader * 7));
      await Promise.all(upTo(6).map(() => write(w, scope, 20)));
      const everything = (await followUntil(w, scope, 6 * 20)).map(nameOf);
      expect(everything).toHaveLength(6 * 20);
      expect(new Set(everything).size).toBe(6 * 20);
      for (const seen of await Promise.all(readers)) {
        expect(seen.map(nameOf)).toEqual(everything);
        for (const objectId of new Set(seen.map((event) => event.objectId))) {
          const own = seen.filter((event) => event.objectId === objectId);
          expect(own.map(({ sequence }) => sequence)).toEqual(upTo(20));
        }
      }
    });

    test('sees the events of their own merchant and mode alone', async () => {
      const w = world();
      const scope = await w.newScope();
      const other = await w.newScope();
      await write(w, scope, 2);
      await write(w, other, 1);
      expect((await followUntil(w, scope, 2)).map(({ scope: of }) => of)).toEqual([scope, scope]);
      expect((await readFrom(w, { ...scope, mode: 'live' }, null, 9)).events).toEqual([]);
    });

    test('can begin after everything that is there', async () => {
      const w = world();
      const scope = await w.newScope();
      await write(w, scope, 3);
      const position = await settledPosition(w, scope);
      const added = await write(w, scope, 1);
      await followUntil(w, scope, 4);
      const read = await readFrom(w, scope, position, 100);
      expect(read.events.map(({ objectId }) => objectId)).toEqual([added]);
    });

    test('is told of a filter’s events alone, and goes on behind all that was looked at', async () => {
      const w = world();
      const scope = await w.newScope();
      const first = await write(w, scope, 3);
      await write(w, scope, 2, NOON + 1_000);
      await followUntil(w, scope, 5);
      const follow = async (filter: Parameters<World['storage']['followEvents']>[1]['filter']) => {
        const read = await w.storage.followEvents(scope, { position: null, filter }, 100);
        return read.kind === 'read' ? read.events.map(({ type, sequence }) => `${type} ${sequence}`) : read.kind;
      };
      const updates = ['customer.updated 2', 'customer.updated 3'];
      expect(await follow({ objectId: first })).toEqual(['customer.created 1', ...updates]);
      expect(await follow({ objectId: first, types: ['customer.updated'] })).toEqual(updates);
      expect(await follow({ since: NOON + 1_000 })).toEqual(['customer.created 1', 'customer.updated 2']);
      expect(await follow({ until: NOON + 1, types: ['customer.created'] })).toEqual(['customer.created 1']);
      expect(await follow({ types: ['mandate.created'] })).toEqual([]);

      const nothing = await w.storage.followEvents(
        scope,
        { position: null, filter: { types: ['mandate.created'] } },
        100,
      );
      const onwards = nothing.kind === 'read' ? await readFrom(w, scope, nothing.position, 100) : null;
      expect(onwards?.events).toEqual([]);
    });

    test('is told so when a position is none of this database', async () => {
      const w = world();
      const scope = await w.newScope();
      const ahead = Buffer.from(`9000000000000000000.${scope.merchantId}.1`).toString('base64url');
      for (const position of ['', 'nothing', '0', ahead]) {
        const read = await w.storage.followEvents(scope, { position, filter: {} }, 100);
        expect(read.kind).toBe('position_unknown');
      }
    });
  });
}

const nameOf = ({ objectId, sequence }: Event) => `${objectId} ${sequence}`;

/** A customer with so many events, each in a commit of its own. */
async function write(w: World, scope: Scope, count: number, at = NOON) {
  const id = w.next();
  await w.commitSurely(scope, [w.insert('customer', aCustomer({ id, scope }))], { at });
  for (const version of upTo(count - 1)) {
    await w.commitSurely(
      scope,
      [w.update('customer', id, { expect: { version }, patch: { email: `${version}@x.test` } })],
      {
        at,
      },
    );
  }
  return id;
}

async function readFrom(w: World, scope: Scope, position: string | null, limit: number) {
  const read = await w.storage.followEvents(scope, { position, filter: {} }, limit);
  if (read.kind !== 'read') throw new Error('the position is not known');
  return read;
}

/** A statement of the server's own, such as an automatic analysis, can hold the latest events back for a moment. */
const READS_MAX = 10_000;

/** Reads, while others write, until so many were seen and nothing is left. */
async function followUntil(w: World, scope: Scope, count: number, limit = 50): Promise<readonly Event[]> {
  const seen: Event[] = [];
  let position: string | null = null;
  for (let reads = 0; reads < READS_MAX; reads += 1) {
    const read = await readFrom(w, scope, position, limit);
    seen.push(...read.events);
    position = read.position;
    if (seen.length >= count && !read.hasMore) break;
  }
  return seen;
}

async function settledPosition(w: World, scope: Scope): Promise<string> {
  for (let reads = 0; ; reads += 1) {
    const position = await w.storage.latestEventPosition(scope);
    const { events } = await readFrom(w, scope, position, 1);
    if (events.length === 0 || reads === READS_MAX) return position;
  }
}

function upTo(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}
