import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Call,
  type Confirmation,
  createOperations,
  type EnteredCard,
  type IdempotencyEntry,
  type Instant,
  multipliedLimits,
  type NewCheckoutSession,
  type NewSetupIntent,
  NO_ADDRESS,
  type Operations,
  type Outcome,
  type PageRequest,
  type PaymentMethodConfiguration,
  type Ports,
  type RefusalCode,
  type Scope,
  type Storage,
} from '@onfile/core';
import { FakeConnector } from '@onfile/core/testing';
import { createPostgresStorage, migrate } from '@onfile/storage';
import { createVault, type LocalVault, openFileKeyProvider } from '@onfile/vault';
import pg from 'pg';
import { createIds } from '../../apps/server/src/ids.js';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';

/** The domain over a real database and the real vault, with a processor in memory and a clock that the test sets. */
export interface World {
  readonly operations: Operations;
  /** What the operations are made of, for a test that makes its own. */
  readonly ports: Ports;
  readonly storage: Storage;
  readonly vault: LocalVault;
  readonly connector: FakeConnector;
  readonly scope: Scope;
  /** The same domain in a second process: its own operations, on the same database. */
  readonly secondProcess: Operations;
  now(): Instant;
  pass(ms: number): void;
  call(idempotency?: Partial<IdempotencyEntry>): Call;
  card(number?: string, expiry?: { readonly expMonth: number; readonly expYear: number }): EnteredCard;
  /** Another merchant with cards on. */
  newScope(): Promise<Scope>;
  /** Runs SQL as nobody but tests may: past the storage port. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Tests of other things meet no limit but those of one setup. */
const TEST_MODE_FACTOR = 1_000;

const ids = createIds({ now: Date.now });

export const ALL: PageRequest = { limit: 100, startingAfter: null, endingBefore: null };

export async function startWorld({ heldCodesMax }: { readonly heldCodesMax?: number } = {}): Promise<World> {
  const server = await startServerForTests();
  const folder = await mkdtemp(join(tmpdir(), 'onfile-world-'));
  await migrate({ connection: server.connection }, { log: () => {} });
  const storage = createPostgresStorage({ connection: server.connection, log: () => {} });
  let now: Instant = Date.UTC(2026, 0, 2, 12);
  const clock = { now: () => now };
  const keys = await openFileKeyProvider({ path: join(folder, 'keys'), log: () => {} });
  const vault = await createVault({ keys, merchantKeys: storage, clock, ...(heldCodesMax && { heldCodesMax }) });
  const connector = new FakeConnector();
  const sql = new pg.Client(server.connection);
  await sql.connect();
  const newScope = async (): Promise<Scope> => {
    const scope = { merchantId: ids.next(), mode: 'test' } as const;
    await storage.createMerchant({ id: scope.merchantId, name: 'A shop', createdAt: now }, [configuration(scope, now)]);
    return scope;
  };
  const scope = await newScope();

  const ports = {
    storage,
    vault,
    connectors: { test: connector, live: null },
    clock,
    ids,
    derivedSecrets: vault.derivedSecrets,
    limits: { live: multipliedLimits(1), test: multipliedLimits(TEST_MODE_FACTOR) },
    authenticationReturnUrl: (token: string) => `http://127.0.0.1/return?state=${token}`,
  };
  return {
    operations: createOperations(ports),
    ports,
    secondProcess: createOperations(ports),
    storage,
    vault,
    connector,
    scope,
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
    call: (idempotency) => ({
      scope,
      client: { address: '127.0.0.1', userAgent: 'test' },
      idempotency: idempotency ? entry(now, idempotency) : null,
    }),
    card: (number = '4242424242424242', expiry = { expMonth: 12, expYear: 2030 }) => entered(vault, number, expiry),
    newScope,
    query: async (text, values = []) => (await sql.query<Record<string, unknown>>(text, [...values])).rows,
    stop: async () => {
      await sql.end();
      vault.close();
      await storage.close();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** What an outcome says: the value's status where it has one, or the refusal's code. */
export function told(outcome: Outcome<{ readonly status?: string } | object>): string | RefusalCode {
  if (outcome.kind === 'refused') return outcome.refusal.code;
  return 'status' in outcome.value ? String(outcome.value.status) : 'done';
}

export function accepted<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'refused') throw new Error(`refused with ${outcome.refusal.code}`);
  return outcome.value;
}

export function newIntent(parts: Partial<NewSetupIntent> = {}): NewSetupIntent {
  return {
    customer: null,
    description: null,
    metadata: {},
    usage: 'on_session',
    paymentMethodTypes: null,
    threeDSecureRequest: null,
    paymentMethodId: null,
    ...parts,
  };
}

export function newSession(parts: Partial<NewCheckoutSession> = {}): NewCheckoutSession {
  return {
    customer: null,
    customerEmail: null,
    customerCreation: null,
    clientReferenceId: null,
    successUrl: null,
    cancelUrl: null,
    locale: null,
    paymentMethodTypes: null,
    threeDSecureRequest: null,
    metadata: {},
    expiresAt: null,
    setupIntent: { description: null, metadata: {} },
    ...parts,
  };
}

export function confirmation(card: EnteredCard, parts: Partial<Confirmation> = {}): Confirmation {
  return {
    by: 'browser',
    method: { kind: 'entered', card },
    returnUrl: 'https://shop.example/return',
    consent: { textVersion: null, language: 'ja' },
    ...parts,
  };
}

function entered(
  vault: LocalVault,
  number: string,
  expiry: { readonly expMonth: number; readonly expYear: number },
): EnteredCard {
  const bytes = Buffer.from(JSON.stringify({ card: { number, cvc: '123' } }));
  const taken = vault.takeCardFromJson(bytes, { numberPath: 'card.number', cvcPath: 'card.cvc' });
  if (taken.kind !== 'taken' || taken.reference === null) throw new Error('the vault took no card');
  return {
    reference: taken.reference,
    ...expiry,
    billingDetails: { name: 'TARO YAMADA', email: 'taro@example.com', phone: null, address: NO_ADDRESS },
  };
}

function entry(now: Instant, parts: Partial<IdempotencyEntry>): IdempotencyEntry {
  return {
    key: 'key-1',
    operation: 'POST /test',
    requestDigest: new Uint8Array(32),
    expiresAt: now + 24 * 60 * 60_000,
    ...parts,
  };
}

function configuration(scope: Scope, now: Instant): PaymentMethodConfiguration {
  return {
    id: ids.next(),
    scope,
    version: 0,
    active: true,
    name: null,
    preferences: { card: 'none', apple_pay: 'none', paypay: 'none' },
    createdAt: now,
    updatedAt: now,
  };
}
