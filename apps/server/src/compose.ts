import { existsSync } from 'node:fs';
import { createSimulatorConnector } from '@onfile/connectors';
import {
  type Clock,
  createOperations,
  createWebhooks,
  type Ids,
  multipliedLimits,
  type Operations,
  type Storage,
  type WebhookDialect,
  type Webhooks,
} from '@onfile/core';
import {
  createOperatorApi,
  createPayjpDialect,
  createToastDialect,
  type Dialect,
  type OperatorApi,
  objectNames,
  onfileWebhooks,
  type PayjpDialect,
} from '@onfile/dialects';
import { createPostgresStorage, enforceRowSecurity } from '@onfile/storage';
import { createVault, KeyProviderFault, type LocalVault, openFileKeyProvider, opensMerchantKey } from '@onfile/vault';
import { createWebhookSender, type LocalWebhookSender } from '@onfile/webhooks';
import { describeApiKey } from './api-keys.js';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { type DatabaseSettings, joinDatabase, migrateTables, type OpenDatabase } from './database.js';
import { authenticationReturnUrl } from './http/authentication-return.js';
import { createMetrics, type Metrics } from './http/metrics.js';
import { createEventFeed } from './http/operator/event-feed.js';
import { createRequestRing, type RequestRing } from './http/operator/request-ring.js';
import { createWaitingRoom, type WaitingRoom } from './http/operator/waiting-room.js';
import { createIds } from './ids.js';
import { type Log, maskCardNumbers } from './log.js';
import { problemOfOrigin } from './merchant-origins.js';
import { createMerchant, issueApiKey } from './merchants.js';
import { createToastClients } from './toast-clients.js';
import { openTokenKey } from './token-key-file.js';
import { readVersion } from './version.js';
import { makesEvent, outcomesIn, watchCommits } from './watch-commits.js';
import type { Siblings } from './workers/siblings.js';
import { vaultOfSiblings } from './workers/vault-of-siblings.js';

/** Where this installation is, as callers and browsers know it. Known once everything listens. */
export interface Addresses {
  apiUrl: string;
  vaultUrl: string;
  simulatorUrl: string;
}

/** The whole system but its HTTP servers and jobs: every port with the adapter that was chosen for it. */
export interface System {
  readonly storage: Storage;
  readonly vault: LocalVault;
  readonly operations: Operations;
  readonly webhooks: Webhooks;
  readonly webhookSender: LocalWebhookSender;
  /** Rung after each commit that made events, once somebody listens. */
  readonly eventsMade: { listener: (() => void) | null };
  readonly dialects: readonly Dialect[];
  /** The one whose ids hosted pages have. */
  readonly payjp: PayjpDialect;
  readonly operatorApi: OperatorApi;
  /** What the operator API's `/requests` shows. */
  readonly requests: RequestRing;
  /** Where requests wait for events and for one another. */
  readonly waitingRooms: readonly WaitingRoom[];
  readonly metrics: Metrics;
  close(): Promise<void>;
}

export async function compose(
  config: Config,
  ports: {
    readonly database: OpenDatabase;
    readonly addresses: Addresses;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** The other workers, where there are any. */
    readonly siblings: Siblings | null;
  },
): Promise<System> {
  const { database, addresses, clock, ids, log, siblings } = ports;
  const rowSecurity = config.rowSecurity === 'on';
  if (rowSecurity) await enforceRowSecurity(database.address);
  const postgres = createPostgresStorage({
    ...database.address,
    ...asDatabaseIs(config),
    rowSecurity,
    log: ({ event, ...fields }) => log.write(`database.${event}`, fields),
  });
  const metrics = createMetrics({ maskedRuns: log.maskedRuns, databaseConnections: postgres.connections, siblings });
  const eventsMade: System['eventsMade'] = { listener: null };
  const eventsRoom = createWaitingRoom();
  const requestsRoom = createWaitingRoom();
  const storage = watchCommits(postgres, (changes) => {
    for (const outcome of outcomesIn(changes)) metrics.attemptEnded(outcome);
    if (!changes.some(makesEvent)) return;
    eventsMade.listener?.();
    eventsRoom.ring();
  });
  const keys = await openKeys(config, storage, log);
  const vault = await createVault({ keys, merchantKeys: storage, clock, onUnreadable: metrics.vaultOpenFailed });
  const takesCards = config.role === 'all' || config.role === 'vault';
  const vaultOfAll = siblings !== null && takesCards ? vaultOfSiblings(vault, siblings, clock) : vault;
  const simulator = createSimulatorConnector({
    baseUrl: addresses.simulatorUrl,
    vault: vaultOfAll,
    connectTimeoutMs: config.processorConnectTimeoutMs,
    totalTimeoutMs: config.processorTimeoutMs,
  });
  const operations = createOperations({
    storage,
    vault: vaultOfAll,
    // No live processor is connected in this release, so nothing can be confirmed in live mode.
    connectors: { test: simulator, live: null },
    clock,
    ids,
    derivedSecrets: vault.derivedSecrets,
    limits: { live: multipliedLimits(1), test: multipliedLimits(config.testModeLimitFactor) },
    authenticationReturnUrl: (stateToken) => authenticationReturnUrl(addresses.vaultUrl, stateToken),
  });
  const payjp = createPayjpDialect({ apiUrl: () => addresses.apiUrl, naming: config.payjpNaming });
  const names = objectNames(payjp.ids);
  const toast = createToastDialect({
    clients: createToastClients(storage, clock),
    tokenKey: await openTokenKey(config.tokenKeyFile, ({ path }) => log.write('token_key.file_created', { path })),
    clock,
    hasRateLimits: config.rateLimits === 'on',
  });

  const webhookSender = createWebhookSender({ userAgent: `Onfile/${readVersion()}` });
  const webhooks = createWebhooks({
    storage,
    sender: webhookSender,
    dialects: [payjp.webhooks, onfileWebhooks(names)],
    derivedSecrets: vault.derivedSecrets,
    clock,
    ids,
    random: { fraction: Math.random },
    vaultUrl: () => addresses.vaultUrl,
  });

  const requests = createRequestRing(requestsRoom);
  const administration = { storage, clock, ids };
  const operatorApi = createOperatorApi(
    {
      ...{ operations, webhooks, storage, clock, requests, describeApiKey, problemOfOrigin },
      names,
      feed: createEventFeed(storage, eventsRoom),
      createMerchant: (name) => createMerchant(administration, name),
      issueApiKey: (key) => issueApiKey(administration, key),
      hasCardNumber: (text) => maskCardNumbers(text).text !== text,
    },
    { version: readVersion() },
  );

  return {
    operatorApi,
    requests,
    waitingRooms: [eventsRoom, requestsRoom],
    storage,
    vault,
    operations,
    webhooks,
    webhookSender,
    eventsMade,
    dialects: [payjp, toast],
    payjp,
    metrics,
    async close() {
      metrics.stop();
      vault.close();
      keys.close();
      await postgres.close();
    },
  };
}

/**
 * Webhooks without a worker around them, for commands: what they change or replay, the workers find. The vault's keys are
 * needed since signing secrets are derived from them.
 */
export async function openWebhooks(config: Pick<Config, 'keyFile'> & StorageConfig, log: Log): Promise<OpenWebhooks> {
  const opened = await openStorage(config, log);
  try {
    const { storage } = opened;
    const keys = await openKeys(config, storage, log);
    const vault = await createVault({ keys, merchantKeys: storage, clock: systemClock, onUnreadable: () => undefined });
    const payjp = createPayjpDialect({ apiUrl: () => '' });
    const dialects = [payjp.webhooks, onfileWebhooks(objectNames(payjp.ids))];
    const webhooks = createWebhooks({
      storage,
      sender: createWebhookSender({ userAgent: `Onfile/${readVersion()}` }),
      dialects,
      derivedSecrets: vault.derivedSecrets,
      clock: systemClock,
      ids: createIds(systemClock),
      random: { fraction: Math.random },
      vaultUrl: () => '',
    });
    return {
      storage,
      webhooks,
      dialects,
      async close() {
        vault.close();
        keys.close();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

export interface OpenWebhooks {
  readonly storage: Storage;
  readonly webhooks: Webhooks;
  readonly dialects: readonly WebhookDialect[];
  close(): Promise<void>;
}

/** The vault's keys, if they are those of this database: with others no saved card opens, and every derived secret is another. */
async function openKeys({ keyFile }: Pick<Config, 'keyFile'>, storage: Storage, log: Log) {
  const stored = await storage.findMerchantKey();
  if (stored !== null && !existsSync(keyFile)) throw withAdvice(`There is no key file ${keyFile}`);
  const keys = await openFileKeyProvider({
    path: keyFile,
    log: ({ path }) => log.write('vault.key_file_created', { path }),
  });
  if (stored === null || (await opensMerchantKey(keys, stored))) return keys;
  keys.close();
  throw withAdvice(`The keys in ${keyFile} are others`);
}

function withAdvice(what: string): KeyProviderFault {
  const advice =
    'This database has cards that were sealed with keys of its own: put their file in its place, or name it by ONFILE_KEY_FILE';
  return new KeyProviderFault('unusable', `${what}. ${advice}.`);
}

type StorageConfig = DatabaseSettings & Pick<Config, 'commitForm' | 'isolation'>;

/** Storage without a server around it, for commands; its tables are brought up to this release first. */
export async function openStorage(
  config: StorageConfig,
  log: Log,
): Promise<{ readonly storage: Storage; close(): Promise<void> }> {
  const database = await joinDatabase(config, log);
  try {
    await migrateTables(database.address, log);
  } catch (error) {
    await database.close();
    throw error;
  }
  const storage = createPostgresStorage({ ...database.address, ...asDatabaseIs(config), log: () => undefined });
  return {
    storage,
    async close() {
      await storage.close();
      await database.close();
    },
  };
}

/** What depends on the kind of database, and so is the same for servers and commands. */
function asDatabaseIs({ commitForm, isolation }: Pick<Config, 'commitForm' | 'isolation'>) {
  return { commitForm, isolation: isolation === 'serializable' ? 'serializable' : 'read committed' } as const;
}
