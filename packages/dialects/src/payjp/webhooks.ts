import type { Event, EventType, WebhookDialect } from '@onfile/core';
import { ALL_EVENT_TYPES, isEventNamed } from '../event-names.js';
import { EVENT_NAMES, renderEvent } from './event.js';
import type { Payjp } from './settings.js';

/** How PAY.JP tells of events. Sources: `SOURCES.md`, "Webhooks". */
export function payjpWebhooks(payjp: Payjp): WebhookDialect {
  return {
    name: 'payjp',
    eventTypes: ANNOUNCED,
    findEventTypes: (name) => ANNOUNCED.filter((type) => isNamed(type, name)),
    nameOf: (type) => EVENT_NAMES[type],
    renderEventId: payjp.ids.event.render,
    renderToken: (derived) => `whook_${derived.slice(0, TOKEN_CHARACTERS)}`,
    render: (event: Event, { pendingCount, token, vaultUrl }) => ({
      headers: token === null ? {} : { 'x-payjp-webhook-token': token },
      body: JSON.stringify(renderEvent(payjp, event, { vaultUrl, pendingCount })),
    }),
  };
}

const ANNOUNCED = ALL_EVENT_TYPES.filter((type) => EVENT_NAMES[type] !== null);

/** Of base62: over 180 bits. */
const TOKEN_CHARACTERS = 32;

function isNamed(type: EventType, wanted: string): boolean {
  const name = EVENT_NAMES[type];
  return name !== null && isEventNamed(name, wanted);
}
