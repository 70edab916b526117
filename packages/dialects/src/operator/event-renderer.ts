import type { Event, EventType } from '@onfile/core';
import type { Static } from 'typebox';
import { ALL_EVENT_TYPES, isEventNamed } from '../event-names.js';
import { answerObject, Count, Id, Mode, renderTime, Text, Time } from './fields.js';
import type { ObjectNames } from './object-names.js';
import { DialectIdsSchema, ObjectSchema, objectRenderer } from './objects.js';

/** An event as this API answers it, and as a webhook of the dialect `onfile` carries it. */
export const EventSchema = answerObject({
  id: Id,
  dialect_ids: DialectIdsSchema,
  mode: Mode,
  type: Text,
  object: answerObject({ kind: Text, id: Id, dialect_ids: DialectIdsSchema }),
  sequence: Count,
  occurred_at: Time,
  data: ObjectSchema,
});

export function eventRenderer(names: ObjectNames): (event: Event) => Static<typeof EventSchema> {
  const objects = objectRenderer(names);
  return (event) => {
    const data = objects.ofEvent(event);
    return {
      id: event.id,
      dialect_ids: names.render('event', event),
      mode: event.scope.mode,
      type: event.type,
      object: { kind: event.objectType, id: event.objectId, dialect_ids: data.dialect_ids },
      sequence: event.sequence,
      occurred_at: renderTime(event.createdAt),
      data,
    };
  };
}

/** None for an unknown name. */
export function eventTypesNamed(name: string): readonly EventType[] {
  return ALL_EVENT_TYPES.filter((type) => isEventNamed(type, name));
}
