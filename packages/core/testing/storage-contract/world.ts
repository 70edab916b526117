import type {
  Change,
  Commit,
  CommitResult,
  Event,
  EventObjects,
  EventObjectType,
  EventType,
  IdempotencyStep,
  Mandate,
  Page,
  PageRequest,
  PaymentMethodConfiguration,
  Scope,
  SealedCard,
  Storage,
  Uuid,
} from '../../src/index.js';
import { EVENT_TYPES } from '../../src/index.js';
import { aSetupAttempt, NOON, sequentialIds } from '../builders.js';

/** What the cases of the storage contract share: one database, in which every case has merchants of its own. */
export interface World {
  readonly storage: Storage;
  readonly next: () => Uuid;
  /** A new merchant with a configuration that has cards on, in this mode. */
  newScope(mode?: Scope['mode']): Promise<Scope>;
  /** Commits at `NOON` unless told otherwise. */
  commit(scope: Scope, changes: readonly Change[], more?: Partial<Commit>): Promise<CommitResult>;
  /** Commits what has to succeed, and answers the objects. */
  commitSurely(scope: Scope, changes: readonly Change[], more?: Partial<Commit>): Promise<readonly unknown[]>;
  insert<T extends EventObjectType>(type: T, object: EventObjects[T]): Change;
  update<T extends EventObjectType>(
    type: T,
    id: Uuid,
    update: Pick<Extract<Change, { kind: 'update'; objectType: T }>, 'expect' | 'patch'>,
  ): Change;
}

export function makeWorld(storage: Storage): World {
  const { next } = sequentialIds();
  const world: World = {
    storage,
    next,
    async newScope(mode = 'test') {
      const scope: Scope = { merchantId: next(), mode };
      await storage.createMerchant({ id: scope.merchantId, name: 'A shop', createdAt: NOON }, [
        aConfiguration({ id: next(), scope }),
      ]);
      return scope;
    },
    commit: (scope, changes, more) => storage.commit({ scope, at: NOON, changes, idempotency: null, ...more }),
    async commitSurely(scope, changes, more) {
      const result = await world.commit(scope, changes, more);
      if (result.kind !== 'committed') throw new Error(`expected a commit, got ${result.kind}`);
      return result.objects;
    },
    insert: (objectType, object) =>
      ({ kind: 'insert', objectType, object, event: { id: next(), type: EVENT_TYPES[objectType][0] } }) as Change,
    update: (objectType, id, { expect, patch }) =>
      ({
        kind: 'update',
        objectType,
        id,
        expect,
        patch,
        event: { id: next(), type: EVENT_TYPES[objectType][1] },
      }) as Change,
  };
  return world;
}

export const ALL_EVENT_TYPES: readonly EventType[] = Object.values(EVENT_TYPES).flat();

export const FIRST_PAGE: PageRequest = { limit: 100, startingAfter: null, endingBefore: null };

export function itemsOf<T>(page: Page<T>): readonly T[] {
  if (page.kind !== 'page') throw new Error(`expected a page, got ${page.kind}`);
  return page.items;
}

/** The events of one object, in order. */
export async function eventsOf({ storage }: World, scope: Scope, objectId: Uuid): Promise<readonly Event[]> {
  const page = await storage.listEvents(scope, { types: ALL_EVENT_TYPES, objectId }, FIRST_PAGE);
  return [...itemsOf(page)].sort((a, b) => a.sequence - b.sequence);
}

export function sealedCard(...bytes: readonly number[]): SealedCard {
  return new Uint8Array(bytes) as SealedCard;
}

export function aConfiguration(parts: Partial<PaymentMethodConfiguration> = {}): PaymentMethodConfiguration {
  return {
    id: aSetupAttempt().id,
    scope: aSetupAttempt().scope,
    version: 0,
    active: true,
    name: null,
    preferences: { card: 'none', apple_pay: 'off', paypay: 'none' },
    createdAt: NOON,
    updatedAt: NOON,
    ...parts,
  };
}

export function aMandate(parts: Partial<Mandate> = {}): Mandate {
  const { scope, id, setupIntentId, paymentMethodId, consent } = aSetupAttempt();
  return {
    id,
    scope,
    version: 1,
    status: 'active',
    setupIntentId,
    setupAttemptId: id,
    paymentMethodId,
    customer: null,
    usage: 'off_session',
    standingInstruction: null,
    consent,
    createdAt: NOON,
    updatedAt: NOON,
    ...parts,
  };
}

export function anEntry(parts: Partial<IdempotencyStep['entry']> = {}): IdempotencyStep['entry'] {
  return {
    key: 'key-1',
    operation: 'POST /v2/setup_flows',
    requestDigest: new Uint8Array([1, 2, 3]),
    expiresAt: NOON + 60_000,
    ...parts,
  };
}
