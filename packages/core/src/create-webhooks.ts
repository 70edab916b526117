import { deliver, LEASE_MS } from './delivery/deliver.js';
import { RECORD_LIFETIME_MS } from './delivery/delivery.js';
import { renderBody } from './delivery/render-body.js';
import { replayEvent, replayRange } from './delivery/replay.js';
import {
  deleteEndpoint,
  disableEndpoint,
  enableEndpoint,
  rollSecret,
  updateEndpoint,
} from './webhook-endpoint/change.js';
import { createEndpoint, eventNames, namesOf } from './webhook-endpoint/create.js';
import { tokenOf } from './webhook-endpoint/secrets.js';
import type { WebhookPorts, Webhooks } from './webhooks.js';

/** Everything that can be asked about webhooks, over the given ports. */
export function createWebhooks(ports: WebhookPorts): Webhooks {
  const { storage, clock, dialects } = ports;
  return {
    createEndpoint: (input) => createEndpoint(ports, input),
    listEndpoints: (scope) => storage.listWebhookEndpoints(scope),
    updateEndpoint: (scope, id, changes) => updateEndpoint(ports, { scope, id }, changes),
    deleteEndpoint: (scope, id) => deleteEndpoint(ports, { scope, id }),
    namesOf: (endpoint) => namesOf(ports, endpoint),
    disableEndpoint: (scope, id) => disableEndpoint(ports, scope, id),
    enableEndpoint: (scope, id) => enableEndpoint(ports, scope, id),
    rollSecret: (scope, id, overlapMs) => rollSecret(ports, { scope, id }, overlapMs),
    tokenOf: (scope, dialect) => tokenOf(ports, scope, dialect),

    listDeliveries: (scope, filter, limit) => storage.listDeliveries(scope, filter, limit),
    replayEvent: (scope, eventId, endpointId) => replayEvent(ports, scope, { eventId, endpointId }),
    replayRange: (scope, range) => replayRange(ports, scope, range),

    dialects: dialects.map(({ name }) => name),
    eventNames: (dialect) => eventNames(ports, dialect),
    renderBody: (event, dialect, pendingCount) => renderBody(ports, event, { dialect, pendingCount }),

    async refreshEventTypes() {
      for (const { name, eventTypes } of dialects) {
        await storage.setTypesOfEndpointsThatWantAll(name, eventTypes, clock.now());
      }
    },
    listDueEndpoints: (page) => storage.listEndpointsWithDueDeliveries(clock.now(), page),
    forgetPosts: (limit) => storage.deleteDeliveryRecords(clock.now() - RECORD_LIFETIME_MS, limit),
    claim({ scope, id }, inFlightMax) {
      const now = clock.now();
      return storage.claimDeliveries({ scope, endpointId: id, now, leaseUntil: now + LEASE_MS, inFlightMax });
    },
    deliver: (claimed) => deliver(ports, claimed),
  };
}
