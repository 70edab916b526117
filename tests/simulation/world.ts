import {
  type Call,
  type CardReference,
  createOperations,
  createWebhooks,
  type DerivedSecrets,
  EVENT_TYPES,
  type Ids,
  multipliedLimits,
  type Operations,
  type Ports,
  type Scope,
  type SealRequest,
  type SealResult,
  type Storage,
  type Uuid,
  type Vault,
  type WebhookEndpoint,
  type Webhooks,
} from '@onfile/core';
import { type Activity, SimulatedProcess, Violation } from './activity.js';
import { lookUpFate } from './commit-fate.js';
import type { PlantedBug } from './planted-bugs.js';
import { ISSUERS, type Issuer, SimulatedProcessor, sealedFor, short } from './processor.js';
import { PLAIN_DIALECT, Receivers } from './receivers.js';
import { Scheduler } from './scheduler.js';
import { createStorageModel, MODELLED, type StorageModel } from './storage-model/storage-model.js';

export const SCOPE: Scope = { merchantId: uuid(1), mode: 'test' };
const STARTS_AT = Date.UTC(2026, 0, 2, 12);

/** Everything around the program: one database, one processor, merchants' servers, and the processes that it runs in. */
export interface SimulatedWorld {
  readonly scheduler: Scheduler;
  readonly storage: StorageModel;
  readonly processor: SimulatedProcessor;
  readonly receivers: Receivers;
  readonly processes: readonly SimulatedProcess[];
  readonly startedAt: number;
  /** The program, for one activity of one process. */
  programOf(activity: Activity): Program;
}

export interface Program {
  readonly operations: Operations;
  readonly webhooks: Webhooks;
}

export function makeWorld(
  { isLimited, processCount }: { readonly isLimited: boolean; readonly processCount: number },
  bug: PlantedBug | null,
): SimulatedWorld {
  const scheduler = new Scheduler(STARTS_AT);
  const truth = createStorageModel();
  addMerchant(truth);
  const storage = bug?.storage?.(truth) ?? truth;
  const processor = new SimulatedProcessor(scheduler);
  const receivers = new Receivers();
  const ids = sequentialIds();
  const limits = { live: null, test: isLimited ? multipliedLimits(1) : null };

  const programOf = (activity: Activity): Program => {
    const plain: Ports = {
      storage: storageFor(activity, storage),
      vault: vaultFor(activity),
      connectors: {
        live: null,
        test: processor.connector(activity, (id) => checkAttemptIsKept(storage, processor, id)),
      },
      clock: { now: () => scheduler.now() },
      ids,
      derivedSecrets: DERIVED_SECRETS,
      limits,
      authenticationReturnUrl: (token) => token,
    };
    const ports = bug?.ports?.(plain) ?? plain;
    const sender = receivers.sender(activity);
    const webhookPorts = {
      ...{ storage: ports.storage, sender: bug?.sender?.(sender, ports) ?? sender, dialects: [PLAIN_DIALECT] },
      ...{ derivedSecrets: DERIVED_SECRETS, clock: ports.clock, ids, random: activity.random, vaultUrl: () => '' },
    };
    const operations = createOperations(ports);
    return { operations: bug?.operations?.(operations, ports) ?? operations, webhooks: createWebhooks(webhookPorts) };
  };
  const processes = Array.from({ length: processCount }, (_, index) => new SimulatedProcess(`process ${index + 1}`));
  return { scheduler, storage: truth, processor, receivers, processes, startedAt: STARTS_AT, programOf };
}

/** What the program must have written down before it asks a processor, and that it asks once only. */
function checkAttemptIsKept({ tables }: StorageModel, { asked }: SimulatedProcessor, reference: Uuid): void {
  if (![...tables.attempts.values()].some(({ id }) => id === reference)) {
    throw new Violation(`the processor is asked for attempt ${short(reference)}, which is not on record`);
  }
  if ((asked.get(reference) ?? 0) > 0) throw new Violation(`attempt ${short(reference)} is verified a second time`);
}

function storageFor(activity: Activity, model: StorageModel): Storage {
  const asked = MODELLED.map((name) => {
    const method = model[name] as (...given: unknown[]) => unknown;
    const statement = (...given: unknown[]) =>
      activity.query(
        describe(name, given),
        () => method(...given),
        (answer) => lookUpFate(name, given, answer),
      );
    return [name, statement];
  });
  // The rest of the port belongs to operators and merchants' settings, which the simulated clients never ask for.
  return Object.fromEntries(asked) as Storage;
}

function describe(name: string, given: readonly unknown[]): string {
  if (name !== 'commit') return name;
  const { changes } = given[0] as Parameters<Storage['commit']>[0];
  return `commit ${changes.map(described).filter(Boolean).join(', ')}`;
}

function described(change: Parameters<Storage['commit']>[0]['changes'][number]): string {
  switch (change.kind) {
    case 'insert':
      return `${change.event.type} ${short(change.object.id)}`;
    case 'update':
      return `${change.event.type} ${short(change.id)}`;
    case 'insert_attempt':
      return `attempt ${short(change.attempt.id)}`;
    case 'update_attempt':
      return `attempt ${short(change.id)} ${change.patch.state ?? 'checked'}`;
    default:
      return '';
  }
}

/** Cards are named after what the issuer says to them. A reference is good for one seal. */
function vaultFor(activity: Activity): Vault {
  const used = new Set<CardReference>();
  return {
    seal: (request) =>
      activity.ask('seal', () => {
        if (used.has(request.reference)) throw new Violation('a card reference was used twice');
        used.add(request.reference);
        return sealed(request);
      }),
    send: () => {
      throw new Error('The simulated connector sends nothing by way of the vault');
    },
    // Without requests by way of the vault no code is missed.
    forgetCode: () => undefined,
  };
}

export function cardReference(issuer: Issuer, n: number): CardReference {
  return `${issuer} ${n}` as CardReference;
}

function sealed({ reference, expMonth, expYear }: SealRequest): SealResult {
  const issuer = ISSUERS.find((each) => reference.startsWith(`${each} `));
  if (issuer === undefined) throw new Error('Nobody entered this card');
  const fingerprint = `fp_${issuer}`;
  return {
    kind: 'sealed',
    card: { brand: 'visa', bin: '424242', last4: '4242', expMonth, expYear, country: null, fingerprint },
    sealed: sealedFor(issuer),
    traces: { everywhere: issuer, neighbours: issuer },
  };
}

const DERIVED_SECRETS: DerivedSecrets = {
  derive: (purpose, _, id) => `${purpose.charAt(0)}${id.replaceAll('-', '')}`.padEnd(43, '0'),
  matches: (candidate, purpose, scope, id) => candidate === DERIVED_SECRETS.derive(purpose, scope, id),
  requestDigest: () => new Uint8Array(32),
};

function addMerchant({ tables, insertWebhookEndpoint }: StorageModel): void {
  tables.objects.payment_method_configuration.set(`${SCOPE.merchantId} ${SCOPE.mode} ${uuid(2)}`, {
    ...{ id: uuid(2), scope: SCOPE, version: 0, active: true, name: null },
    ...{ preferences: { card: 'on', apple_pay: 'off', paypay: 'off' }, createdAt: STARTS_AT, updatedAt: STARTS_AT },
  });
  const types = Object.values(EVENT_TYPES).flat();
  insertWebhookEndpoint(endpoint(uuid(3), 'https://one.example', types));
  const ofIntents = types.filter((type) => type.startsWith('setup_intent.'));
  insertWebhookEndpoint(endpoint(uuid(4), 'https://two.example', ofIntents));
}

function endpoint(id: Uuid, url: string, eventTypes: WebhookEndpoint['eventTypes']): WebhookEndpoint {
  return {
    ...{ id, scope: SCOPE, version: 1, url, dialect: PLAIN_DIALECT.name, eventTypes, wantsAllEvents: false },
    ...{ secrets: [], state: 'enabled', disabledReason: null, failures: 0, failingSince: null, probeAt: null },
    ...{ createdAt: STARTS_AT, updatedAt: STARTS_AT },
  };
}

function sequentialIds(): Ids {
  let n = 100;
  return {
    next() {
      n += 1;
      return uuid(n);
    },
  };
}

function uuid(n: number): Uuid {
  return `019b7e1a-0000-7000-8000-${n.toString(16).padStart(12, '0')}` as Uuid;
}

export function callOf(idempotencyKey: string | null, now: number): Call {
  const expiresAt = now + 24 * 60 * 60_000;
  return {
    scope: SCOPE,
    client: { address: '192.0.2.1', userAgent: null },
    idempotency: idempotencyKey === null ? null : keyed(idempotencyKey, expiresAt),
  };
}

function keyed(key: string, expiresAt: number) {
  return { key, operation: 'request', requestDigest: new TextEncoder().encode(key), expiresAt };
}
