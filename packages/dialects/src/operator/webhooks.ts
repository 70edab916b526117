import type { WebhookDialect } from '@onfile/core';
import { ALL_EVENT_TYPES } from '../event-names.js';
import { eventRenderer, eventTypesNamed } from './event-renderer.js';
import type { ObjectNames } from './object-names.js';

/**
 * How Onfile itself tells of events: every one of them, by the name and in the shape of `GET /operator/v1/events`, with no
 * header but those of Standard Webhooks. A body depends on its event alone, so every try sends the same bytes.
 */
export function onfileWebhooks(names: ObjectNames): WebhookDialect {
  const render = eventRenderer(names);
  return {
    name: 'onfile',
    eventTypes: ALL_EVENT_TYPES,
    findEventTypes: eventTypesNamed,
    nameOf: (type) => type,
    renderEventId: (id) => id,
    renderToken: () => null,
    render: (event) => ({ headers: {}, body: JSON.stringify(render(event)) }),
  };
}
