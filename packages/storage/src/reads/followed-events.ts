import type { Event, EventFilter, FollowedEvents, Instant, OperatorStorage, Uuid } from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { lowestIdAt } from '../ids-by-time.js';
import { statement } from '../statement.js';
import { events } from './events.js';

type Methods = 'followEvents' | 'latestEventPosition';

/** How many events one statement looks at, whatever the filter leaves of them. */
const LOOKED_AT_MAX = 1_000;

export function followedEvents(database: Database): Pick<OperatorStorage, Methods> {
  return {
    async followEvents({ merchantId, mode }, { position: text, filter }, limit) {
      const place = [merchantId, mode === 'live'];
      const position = text === null ? await firstPosition(filter.since) : parsePosition(text);
      if (position === null) return { kind: 'position_unknown' };

      const lookedAtMax = isNarrow(filter) ? LOOKED_AT_MAX : limit;
      const [now] = await database.runRepeatable(NOW, []);
      if (BigInt(position.writtenBy) > BigInt(now?.next as string)) return { kind: 'position_unknown' };

      const { query, values } = statementFor(filter);
      const from = [position.writtenBy, position.objectId, position.sequence, lookedAtMax + 1, now?.oldest_running];
      const [row] = await database.runRepeatable(query, [...place, ...from, ...values]);
      return pageOf((row?.found ?? []) as readonly Row[], { from: position, filter, limit, lookedAtMax });

      /** One that was written a day before surely was committed before, too. */
      async function firstPosition(since: Instant | undefined): Promise<Position> {
        if (since === undefined) return START;
        const [before] = await database.runRepeatable(LAST_BEFORE, [...place, lowestIdAt(since)]);
        return before ? { ...START, writtenBy: before.written_by as string } : START;
      }
    },

    async latestEventPosition() {
      const [row] = await database.runRepeatable(NOW, []);
      return renderPosition({ ...START, writtenBy: row?.oldest_running as string });
    },
  };
}

/** In the order of {@link ORDER}: everything up to here was read. */
interface Position {
  /** A transaction's number, of 64 bits. */
  readonly writtenBy: string;
  readonly objectId: Uuid;
  readonly sequence: number;
}

const START: Position = { writtenBy: '0', objectId: '00000000-0000-0000-0000-000000000000' as Uuid, sequence: 0 };
const POSITION = /^(0|[1-9]\d{0,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,9})$/;

function parsePosition(text: string): Position | null {
  const [, writtenBy, objectId, sequence] = POSITION.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return writtenBy && objectId ? { writtenBy, objectId: objectId as Uuid, sequence: Number(sequence) } : null;
}

function renderPosition({ writtenBy, objectId, sequence }: Position): string {
  return Buffer.from(`${writtenBy}.${objectId}.${sequence}`).toString('base64url');
}

function isNarrow({ types, since, until }: EventFilter): boolean {
  return types !== undefined || since !== undefined || until !== undefined;
}

interface Asked {
  readonly from: Position;
  readonly filter: EventFilter;
  readonly limit: number;
  readonly lookedAtMax: number;
}

/** Cut only between the places where a reader may go on: what one of them holds together stays so. */
function pageOf(found: readonly Row[], { from, filter, limit, lookedAtMax }: Asked): FollowedEvents {
  const chosen: Event[] = [];
  let position = from;
  let lookedAt = 0;
  let hasMore = false;
  for (const place of groupsOf(found)) {
    hasMore = lookedAt >= lookedAtMax || chosen.length >= limit;
    if (hasMore) break;
    lookedAt += 1;
    chosen.push(...place.events.filter((event) => fits(event, filter)));
    position = place.position;
  }
  return { kind: 'read', events: chosen, position: renderPosition(position), hasMore };
}

/** What stands at one place: an event with those that it holds; nothing, where it is held by another itself. */
interface Group {
  readonly position: Position;
  readonly events: readonly Event[];
}

function groupsOf(found: readonly Row[]): readonly Group[] {
  const groups = new Map<string, { position: Position; events: Event[] }>();
  for (const row of found) {
    const position: Position = {
      writtenBy: row.written_by as string,
      objectId: row.object_id as Uuid,
      sequence: row.sequence as number,
    };
    const name = renderPosition(position);
    const group = groups.get(name) ?? { position, events: [] };
    groups.set(name, group);
    if (row.event !== null) group.events.push(events.read(row.event as Row));
  }
  return [...groups.values()];
}

function fits({ type, createdAt }: Event, { types, since, until }: EventFilter): boolean {
  if (types !== undefined && !types.includes(type)) return false;
  return (since === undefined || createdAt >= since) && (until === undefined || createdAt < until);
}

function statementFor({ objectId }: EventFilter) {
  return objectId === undefined ? { query: FOLLOW, values: [] } : { query: FOLLOW_OBJECT, values: [objectId] };
}

// Two transactions that change one object are numbered before the second waits for the first, so now and then the later
// change has the lower number. What is read is therefore a leader, which no earlier event of its object has a higher number
// than, followed by those later ones that have a lower. Transactions wait for one another for seconds at most, so a
// few events of the object are looked at.
//
// Which transactions have ended is asked before, by a statement of its own: on a distributed database the nodes number theirs
// differently, and events have the number that the node has which we are connected to.
//
// When a follower's transaction has ended, so has its leader's, for which it waited; and below the oldest transaction that
// runs, everything has ended.
const OTHERS_LOOKED_AT = 64;

const follow = (source: string) =>
  statement(`
  WITH looked_at AS (
    SELECT * FROM ${source} AS e
    WHERE merchant_id = $1 AND livemode = $2 AND type <> ''
      AND (written_by, object_id, sequence) > ($3::xid8, $4::uuid, $5::integer)
      AND written_by < $7::xid8
    ORDER BY written_by, object_id, sequence
    LIMIT $6
  ),
  placed AS (
    SELECT leader.written_by AS written_by, leader.object_id, leader.sequence, f.sequence AS own_sequence, f.event
    FROM looked_at AS leader
    LEFT JOIN LATERAL (
      SELECT leader.sequence, row_to_json(leader) AS event
      UNION ALL
      SELECT later.sequence, row_to_json(later) FROM events AS later
      WHERE later.merchant_id = $1 AND later.livemode = $2 AND later.object_id = leader.object_id
        AND later.sequence BETWEEN leader.sequence + 1 AND leader.sequence + ${OTHERS_LOOKED_AT}
        AND later.written_by < leader.written_by
        AND NOT EXISTS (
          SELECT FROM events AS between_them
          WHERE between_them.merchant_id = $1 AND between_them.livemode = $2
            AND between_them.object_id = leader.object_id
            AND between_them.sequence BETWEEN leader.sequence + 1 AND later.sequence - 1
            AND between_them.written_by > leader.written_by
        )
    ) AS f ON NOT EXISTS (
      SELECT FROM events AS former
      WHERE former.merchant_id = $1 AND former.livemode = $2 AND former.object_id = leader.object_id
        AND former.sequence BETWEEN leader.sequence - ${OTHERS_LOOKED_AT} AND leader.sequence - 1
        AND former.written_by > leader.written_by
    )
  )
  SELECT (
    SELECT json_agg(json_build_object('written_by', written_by::text, 'object_id', object_id, 'sequence', sequence,
      'event', event) ORDER BY written_by, object_id, sequence, own_sequence)
    FROM placed
  ) AS found`);

const FOLLOW = follow('events');
/** `OFFSET 0` has the object's events read by their own index, instead of all events in order. */
const FOLLOW_OBJECT = follow(
  '(SELECT * FROM events WHERE merchant_id = $1 AND livemode = $2 AND object_id = $8 OFFSET 0)',
);

const LAST_BEFORE = statement(`
  SELECT written_by::text FROM events
  WHERE merchant_id = $1 AND livemode = $2 AND id < $3::uuid
  ORDER BY id DESC
  LIMIT 1`);

const NOW = acrossMerchants(
  'transactions',
  `SELECT pg_snapshot_xmin(now)::text AS oldest_running, pg_snapshot_xmax(now)::text AS next
  FROM pg_current_snapshot() AS now`,
);
