import type { Event, EventObjectType, Storage, Uuid } from '@onfile/core';
import type { Database } from '../database.js';
import { type Row, readInstant, scope as scopeField } from '../fields.js';
import { statement } from '../statement.js';
import { readAnnounced } from '../tables.js';
import { loadPage } from './page.js';

export function eventReads(database: Database): Pick<Storage, 'loadEvent' | 'listEvents'> {
  return {
    async loadEvent({ merchantId, mode }, id) {
      const [row] = await database.runRepeatable(LOAD, [merchantId, mode === 'live', id]);
      return row ? events.read(row.event as Row) : null;
    },

    listEvents(scope, { types, objectId }, page) {
      const filters = ['type = ANY ($4)'];
      const filterValues: unknown[] = [types];
      if (objectId !== undefined) {
        filters.push('object_id = $5', 'sequence > 0');
        filterValues.push(objectId);
      }
      return loadPage(database, { table: events, filters }, { scope, page, filterValues });
    },
  };
}

const events = {
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
  SELECT row_to_json(e) AS event FROM events AS e WHERE e.merchant_id = $1 AND e.livemode = $2 AND e.id = $3`);
