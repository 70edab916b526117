import { mkdir } from 'node:fs/promises';
import type { Clock, Ids, Storage, Webhooks } from '@onfile/core';
import type { AnsweredRequest } from '@onfile/dialects';
import { systemClock } from './clock.js';
import { collectEarly } from './collect-early.js';
import { type Addresses, compose, type System } from './compose.js';
import { type Config, isLoopback, type Role, unsafeInProduction } from './config.js';
import { migrateTables, openDatabase } from './database.js';
import { abandonChallengeRoute } from './http/abandon-challenge.js';
import { createAuthentication } from './http/authentication.js';
import { authenticationReturnRoute } from './http/authentication-return.js';
import { browserScriptRoutes } from './http/browser-scripts.js';
import { checkoutFrameRoute } from './http/checkout-frame.js';
import { dialectRoutes, isVaultRoute } from './http/dialect-routes.js';
import { errorPageRoutes } from './http/error-pages.js';
import { faultShapes } from './http/fault-shapes.js';
import { formFrameRoutes } from './http/form-frames.js';
import { hostedPageRoutes } from './http/hosted-page.js';
import type { HttpRoute } from './http/http-route.js';
import { operationRoutes } from './http/operation-routes.js';
import { createOperatorAuthentication } from './http/operator/operator-authentication.js';
import { operatorRoutes } from './http/operator/operator-routes.js';
import { createOrigin, type Origin } from './http/origin.js';
import { createIds } from './ids.js';
import { announceExpiries } from './jobs/announce-expiries.js';
import { type RunningDeliveries, startDeliveries } from './jobs/deliver-webhooks.js';
import { detectAttacks } from './jobs/detect-attacks.js';
import { expire } from './jobs/expire.js';
import { forgetCounts } from './jobs/forget-counts.js';
import { forgetIdempotencyKeys } from './jobs/forget-idempotency-keys.js';
import { forgetIdleCards } from './jobs/forget-idle-cards.js';
import { forgetUnusedMethods } from './jobs/forget-unused-methods.js';
import { forgetWebhookPosts } from './jobs/forget-webhook-posts.js';
import { resumeSetupAttempts } from './jobs/resume-setup-attempts.js';
import { type RunningJobs, startJobs } from './jobs/runner.js';
import { nodeAdvice } from './lifecycle.js';
import type { Log } from './log.js';
import { type StartedParts, startInOrder } from './started-parts.js';
import { unsafeStart } from './unsafe-start.js';
import { readVersion } from './version.js';
import type { Siblings } from './workers/siblings.js';

export interface ServerOptions {
  readonly log: Log;
  /** The system's unless given. */
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Nobody unless given: then this is one of several workers that share their ports. */
  readonly siblings?: Siblings;
}

export interface RunningServer {
  /** Where callers reach the API; in the roles `vault` and `worker` only its health and metrics answer there. */
  readonly apiUrl: string;
  /** Where browsers reach the vault, in this process or another. */
  readonly vaultUrl: string;
  readonly storage: Storage;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Everything that its origins answer. */
  readonly routes: readonly AnsweredRoute[];
  /** Resolves with a sentence when the server cannot go on by itself; it still has to be stopped. */
  readonly broken: Promise<string>;
  /** Ends requests under way (10 s at most), jobs, connections and the embedded database. Calling it again does no harm. */
  stop(reason: string): Promise<void>;
}

export interface AnsweredRoute extends Pick<HttpRoute, 'method' | 'path'> {
  readonly origin: 'api' | 'vault';
}

const GRACE_MS = 10_000;

/** Starts the roles that the configuration names. Whatever was started is stopped again when something cannot be. */
export function startServer(config: Config, options: ServerOptions): Promise<RunningServer> {
  const { log, clock = systemClock, ids = createIds(clock), siblings = null } = options;
  announce(config, log);
  collectEarly();
  return startInOrder(async (parts) => {
    // Others may pass through it and not look into it: the database's own user, when we are root, gets to its data so.
    await mkdir(config.dataDirectory, { recursive: true, mode: 0o711 });
    const database = await openDatabase(config, log);
    parts.add(() => database.close());
    await migrateTables(database.address, log);

    const addresses = expectedAddresses(config);
    const system = await compose(config, { database, addresses, clock, ids, log, siblings });
    parts.add(() => system.close());
    const state = { isStopping: false };
    const routes = await listen(config, { system, addresses, clock, ids, log, state, parts });
    parts.add(async () => {
      for (const room of system.waitingRooms) room.close();
    });
    if (hasRole(config.role, 'worker')) {
      const jobs = startWorker(system, config, log);
      parts.add(() => jobs.stop());
      const deliveries = startDeliveriesOf(system, log);
      parts.add(() => deliveries.stop());
    }
    const { apiUrl, vaultUrl } = addresses;
    const stop = once(async (reason) => {
      state.isStopping = true;
      await stopLogged(parts, reason, log);
    });
    return {
      apiUrl,
      vaultUrl,
      storage: system.storage,
      webhooks: system.webhooks,
      clock,
      ids,
      routes,
      broken: database.broken,
      stop,
    };
  });
}

async function stopLogged(parts: StartedParts, reason: string, log: Log): Promise<void> {
  log.write('server.stopping', { reason });
  const startedAt = performance.now();
  await parts.stopAll();
  log.write('server.stopped', { durationMs: Math.round(performance.now() - startedAt) });
}

interface Listening {
  readonly system: System;
  readonly addresses: Addresses;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly state: { readonly isStopping: boolean };
  readonly parts: StartedParts;
}

async function listen(config: Config, listening: Listening): Promise<readonly AnsweredRoute[]> {
  const { addresses, log, parts } = listening;
  const { api, vault } = config.ports;
  const origins: { name: 'api' | 'vault'; routes: readonly HttpRoute[]; port: number }[] = [
    { name: 'api', routes: apiRoutes(config, listening), port: api },
    ...(hasRole(config.role, 'vault') ? [{ name: 'vault' as const, routes: vaultRoutes(listening), port: vault }] : []),
  ];
  for (const { name, routes, port } of origins) {
    const origin = originOf(name, routes, config, listening);
    const listeningPort = await origin.listen({ host: config.host, port });
    parts.add(() => closeOrigin(name, origin, log));
    if (name === 'api') addresses.apiUrl = config.publicApiUrl ?? httpAddress(config.host, listeningPort);
    else addresses.vaultUrl = config.publicVaultUrl ?? httpAddress(config.host, listeningPort);
    log.write('server.listening', { origin: name, url: httpAddress(config.host, listeningPort) });
  }
  return origins.flatMap(({ name, routes }) => routes.map(({ method, path }) => ({ origin: name, method, path })));
}

function apiRoutes(config: Config, { system, addresses, clock, state }: Listening): readonly HttpRoute[] {
  const { storage, metrics, operations, vault, dialects, operatorApi } = system;
  const own = operationRoutes({ storage, metrics, isStopping: () => state.isStopping });
  if (!hasRole(config.role, 'api')) return own;

  const authentication = createAuthentication({ storage, clock });
  const takesCards = hasRole(config.role, 'vault');
  const vaultUrl = () => addresses.vaultUrl;
  const host = { operations, vault, authentication, clock, vaultUrl, takesCards };
  const operators = createOperatorAuthentication({ storage, clock, merchants: authentication });
  const explained = errorPageRoutes(dialects.flatMap(({ errorPages }) => errorPages ?? []));
  const ofOperators = operatorRoutes(operatorApi, { authentication: operators, storage, vault });
  return [...own, ...explained, ...ofOperators, ...dialects.flatMap((dialect) => dialectRoutes(dialect, host))];
}

function vaultRoutes({ system, addresses, clock }: Listening): readonly HttpRoute[] {
  const { storage, operations, vault, dialects, payjp } = system;
  const authentication = createAuthentication({ storage, clock });
  const vaultUrl = () => addresses.vaultUrl;
  const host = { operations, vault, authentication, clock, vaultUrl, takesCards: true };
  return [
    ...hostedPageRoutes({ storage, operations, vault, dialect: payjp, clock, vaultUrl }),
    ...browserScriptRoutes(),
    checkoutFrameRoute({ storage }),
    ...formFrameRoutes({ storage, authentication, simulatorUrl: () => addresses.simulatorUrl }),
    abandonChallengeRoute({ operations, vault, authentication, dialect: payjp }),
    authenticationReturnRoute({ operations, dialect: payjp }),
    ...dialects.flatMap((dialect) =>
      dialectRoutes({ ...dialect, routes: dialect.routes.filter(isVaultRoute), openRoutes: [] }, host),
    ),
  ];
}

function originOf(
  name: 'api' | 'vault',
  routes: readonly HttpRoute[],
  config: Config,
  { system, ids, log }: Listening,
): Origin {
  const renderFault = faultShapes([...system.dialects, system.operatorApi]);
  return createOrigin({
    name,
    routes,
    renderFault,
    trustedProxies: config.trustedProxies,
    ids,
    log,
    metrics: system.metrics,
    onAnswered: (request) => remember(request, system),
  });
}

/** But for looking at them: who follows requests would make the next one by it. */
function remember(request: AnsweredRequest, { requests }: System): void {
  if (request.path !== '/operator/v1/requests') requests.add(request);
}

async function closeOrigin(name: string, origin: Origin, log: Log): Promise<void> {
  const isDone = await origin.close(GRACE_MS);
  if (!isDone) log.write('server.stop_unfinished', { what: `requests at the ${name}`, waitedMs: GRACE_MS });
}

function startWorker({ operations, webhooks, metrics }: System, config: Config, log: Log): RunningJobs {
  const jobs = [
    resumeSetupAttempts(operations),
    expire(operations),
    forgetIdleCards(operations),
    forgetUnusedMethods(operations),
    announceExpiries(operations, config.cardExpiryNoticeDays),
    detectAttacks(operations, { log, metrics }),
    forgetCounts(operations),
    forgetIdempotencyKeys(operations),
    forgetWebhookPosts(webhooks),
  ];
  return startJobs(jobs, { log });
}

function startDeliveriesOf({ webhooks, webhookSender, eventsMade, metrics }: System, log: Log): RunningDeliveries {
  const deliveries = startDeliveries(webhooks, { log, metrics, breakOff: () => webhookSender.close() });
  eventsMade.listener = () => deliveries.wake();
  return deliveries;
}

function announce(config: Config, log: Log): void {
  log.write('server.starting', { role: config.role, version: readVersion(), node: process.version });
  const advice = nodeAdvice(process.version);
  if (advice !== null) log.write('server.node_out_of_support', { node: process.version, advice });
  const atStart = isLoopback(config.host) ? [] : unsafeStart(process.execArgv);
  for (const unsafe of [...unsafeInProduction(config), ...atStart])
    log.write('server.unsafe_setting', { advice: unsafe });
}

function hasRole(configured: Role, role: Exclude<Role, 'all'>): boolean {
  return configured === 'all' || configured === role;
}

/** Before anything listens: what is configured. A port of 0 gets its number when it is listened on. */
function expectedAddresses({ host, ports, publicApiUrl, publicVaultUrl, simulatorUrl }: Config): Addresses {
  return {
    apiUrl: publicApiUrl ?? httpAddress(host, ports.api),
    vaultUrl: publicVaultUrl ?? httpAddress(host, ports.vault),
    simulatorUrl: simulatorUrl ?? httpAddress(host, ports.simulator),
  };
}

function httpAddress(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function once(stop: (reason: string) => Promise<void>): (reason: string) => Promise<void> {
  let stopped: Promise<void> | undefined;
  return (reason) => {
    stopped ??= stop(reason);
    return stopped;
  };
}
