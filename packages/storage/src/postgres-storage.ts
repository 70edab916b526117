import type { Storage } from '@onfile/core';
import { acrossMerchants } from './across-merchants.js';
import { apiClientStorage } from './api-clients.js';
import { brandingStorage } from './branding.js';
import { runCommit } from './commit/commit.js';
import { confirmationLimitStorage } from './confirmation-limits.js';
import { type ConnectionCounts, Database, type DatabaseAddress, type DatabaseSettings } from './database.js';
import { idempotencyRecords } from './idempotency.js';
import { merchantStorage } from './merchants.js';
import { operatorKeyStorage } from './operator-keys.js';
import { checkoutSessionReads } from './reads/checkout-sessions.js';
import { customerReads } from './reads/customers.js';
import { eventReads } from './reads/events.js';
import { expiringMethodReads } from './reads/expiring-methods.js';
import { followedEvents } from './reads/followed-events.js';
import { searches } from './reads/search.js';
import { setupIntentReads } from './reads/setup-intents.js';
import { unusedMethodReads } from './reads/unused-methods.js';
import { deliveryStorage } from './webhooks/deliveries.js';
import { deliveryRecordStorage } from './webhooks/delivery-records.js';
import { webhookEndpointStorage } from './webhooks/endpoints.js';

/**
 * The storage port on a PostgreSQL, 15 or newer, whose tables {@link migrate} has brought up to date. It connects when it
 * is first used, and again whenever a connection breaks; `close` waits for what is under way.
 */
export function createPostgresStorage(settings: DatabaseAddress & DatabaseSettings): PostgresStorage {
  const database = new Database(settings);
  return {
    commit: (commit) =>
      runCommit(commit, { database, form: settings.commitForm ?? 'one-statement', log: settings.log }),
    ...setupIntentReads(database),
    ...customerReads(database),
    ...expiringMethodReads(database),
    ...unusedMethodReads(database),
    ...checkoutSessionReads(database),
    ...eventReads(database),
    ...idempotencyRecords(database),
    ...confirmationLimitStorage(database),
    ...merchantStorage(database),
    ...brandingStorage(database),
    ...webhookEndpointStorage(database),
    ...deliveryStorage(database),
    ...apiClientStorage(database),
    ...followedEvents(database),
    ...searches(database),
    ...deliveryRecordStorage(database),
    ...operatorKeyStorage(database),
    ping: async () => void (await database.run(PING, [])),
    close: () => database.close(),
    connections: () => database.connections,
  };
}

export interface PostgresStorage extends Storage {
  /** As they are now, for metrics. */
  connections(): ConnectionCounts;
}

const PING = acrossMerchants('ping', 'SELECT true AS answers');
