import { EVENT_TYPES, type Event, type EventType, type WebhookDialect } from '@onfile/core';
import { EVENT_NAMES, renderEvent } from './event.js';
import type { Payjp } from './settings.js';

/** How PAY.JP tells of events. Sources: `SOURCES.md`, "Webhooks". */
export function payjpWebhooks(payjp: Payjp): WebhookDialect {
  return {
    name: 'payjp',
    eventTypes: ANNOUNCED,
    findEventTypes: (name) => ANNOUNCED.filter((type) => isNamed(EVENT_NAMES[type], name)),
    nameOf: (type) => EVENT_NAMES[type],
    renderEventId: payjp.ids.event.render,
    parseEventId: payjp.ids.event.parse,
    renderToken: (derived) => `whook_${derived.slice(0, TOKEN_CHARACTERS)}`,
    render: (event: Event, { pendingCount, token, vaultUrl }) => ({
      headers: token === null ? {} : { 'x-payjp-webhook-token': token },
      body: JSON.stringify(renderEvent(payjp, event, { vaultUrl, pendingCount })),
    }),
  };
}

const ANNOUNCED: readonly EventType[] = Object.values(EVENT_TYPES)
  .flat()
  .filter((type) => EVENT_NAMES[type] !== null);

/** Of base62: over 180 bits. */
const TOKEN_CHARACTERS = 32;

/** `setup_flow.*` stands for every name that begins with `setup_flow.`, and `*` for all. */
function isNamed(name: string | null, wanted: string): boolean {
  if (name === null) return false;
  return wanted === '*' || name === wanted || (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1)));
}
