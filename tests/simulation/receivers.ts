import {
  EVENT_TYPES,
  type Event,
  type SentWebhook,
  type Uuid,
  type WebhookDialect,
  type WebhookSender,
} from '@onfile/core';
import { type Activity, Violation } from './activity.js';
import { short } from './processor.js';

interface Told {
  readonly eventId: Uuid;
  readonly objectId: Uuid;
  readonly sequence: number;
}

const TIMEOUT_MS = 15_000;

/** Merchants' servers: what each endpoint was told, and what it said. */
export class Receivers {
  readonly #accepted = new Map<string, Set<Uuid>>();
  readonly #latest = new Map<string, number>();

  hasAccepted(endpointUrl: string, eventId: Uuid): boolean {
    return this.#accepted.get(endpointUrl)?.has(eventId) ?? false;
  }

  sender(activity: Activity): WebhookSender {
    return {
      checkUrl: () => null,
      send: ({ url, body }) => {
        const told = JSON.parse(body) as Told;
        const { random, rates } = activity;
        const fault = random.chance(rates.receiver) ? random.pick(FAULTS) : 'none';
        return new Promise((resolve) => {
          if (fault !== 'unreachable') activity.later(random.fraction() * 300, () => this.#take(url, told, fault));
          const durationMs = fault === 'timeout' ? TIMEOUT_MS : 300 + random.fraction() * 300;
          activity.answerLater(() => {
            activity.note(`told ${short(told.objectId)} #${told.sequence} (${fault})`);
            resolve(answerTo(fault, Math.floor(durationMs)));
          }, durationMs);
        });
      },
    };
  }

  #take(url: string, { eventId, objectId, sequence }: Told, fault: Fault): void {
    if (fault === 'error') return;
    const accepted = this.#accepted.get(url) ?? new Set();
    this.#accepted.set(url, accepted);
    const key = `${url} ${objectId}`;
    const latest = this.#latest.get(key) ?? 0;
    if (!accepted.has(eventId) && sequence !== latest + 1) {
      throw new Violation(`endpoint was told #${sequence} of ${short(objectId)} after #${latest}`);
    }
    this.#latest.set(key, Math.max(latest, sequence));
    accepted.add(eventId);
  }
}

/** `error`: it says 500. `timeout`, `lost_reply`: it took the event, and we do not learn it. */
const FAULTS = ['error', 'unreachable', 'timeout', 'lost_reply'] as const;
type Fault = (typeof FAULTS)[number] | 'none';

function answerTo(fault: Fault, durationMs: number): SentWebhook {
  const trace = { sentHeaders: {}, received: null };
  if (fault === 'none' || fault === 'error') {
    const status = fault === 'none' ? 200 : 500;
    return { kind: 'answered', status, retryAfterMs: null, reply: '', durationMs, trace };
  }
  return { kind: 'failed', fault: fault === 'timeout' ? 'timeout' : 'connection_failed', durationMs, trace };
}

/** Says of an event what the receivers check. */
export const PLAIN_DIALECT: WebhookDialect = {
  name: 'plain',
  eventTypes: Object.values(EVENT_TYPES).flat(),
  findEventTypes: () => [],
  nameOf: (type) => type,
  renderEventId: (id) => id,
  renderToken: () => null,
  render({ id: eventId, objectId, sequence }: Event) {
    return { headers: {}, body: JSON.stringify({ eventId, objectId, sequence } satisfies Told) };
  },
};
