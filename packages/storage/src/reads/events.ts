import type { Event, EventObjectType, Storage, Uuid } from '@onfile/core';
import type { Database } from '../database.js';
import { type Row, readInstant, scope as scopeField } from '../fields.js';
import { statement } from '../statement.js';
import { readAnnounced } from '../tables.js';
import { loadById } from './load-by-id.js';
import { loadPage } from './page.js';

export function eventReads(database: Database): Pick<Storage, 'loadEvent' | 'listEvents'> {
  return {
    loadEvent: loadById(database, LOAD, (row) => events.read(row.event as Row)),

    listEvents(scope, { types, objectId }, page) {
      const ofTypes = 'type = ANY ($4)';
      if (objectId === undefined) {
        return loadPage(database, { table: events, filters: [ofTypes] }, { scope, page, filterValues: [types] });
      }
      const list = { table: events, filters: [ofTypes, 'object_id = $5'], source: EVENTS_OF_OBJECT };
      return loadPage(database, list, { scope, page, filterValues: [types, objectId] });
    },
  };
}

/** Events as the table of that name keeps them. */
export const events = {
  name: 'events',
  read(row: Row): Event {
    const objectType = row.object_type as EventObjectType;
    const event = {
      id: row.id as Uuid,
      scope: scopeField().read(row),
      type: row.type,
      objectType,
      objectId: row.object_id as Uuid,
      sequence: row.sequence as number,
      object: readAnnounced(objectType, row.data as Row),
      createdAt: readInstant(row.created_at),
    };
    return event as Event;
  },
};

const LOAD = statement(`
  SELECT e.id, row_to_json(e) AS event FROM events AS e
  WHERE e.merchant_id = $1 AND e.livemode = $2 AND e.id = ANY ($3)`);

/** `OFFSET 0` keeps PostgreSQL from reading all of a merchant's events in the order of their ids to find these. */
const EVENTS_OF_OBJECT = '(SELECT * FROM events WHERE merchant_id = $1 AND livemode = $2 AND object_id = $5 OFFSET 0)';
