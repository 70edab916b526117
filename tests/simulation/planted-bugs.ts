import type {
  Change,
  Commit,
  CommitResult,
  Connector,
  Operations,
  Ports,
  SetupIntent,
  Storage,
  Uuid,
  WebhookSender,
} from '@onfile/core';
import { settleAttempt } from '../../packages/core/src/setup-attempt/settle.js';
import { attemptNamedBy } from '../../packages/core/src/setup-attempt/state-token.js';
import type { Plan, PlannedOperation } from './plan.js';
import type { StorageModel } from './storage-model/storage-model.js';
import { keyOf, OPEN } from './storage-model/tables.js';

/** A mistake, made in a copy of one part. Each function answers the part with the mistake in it. */
export interface PlantedBug {
  readonly name: string;
  /** Makes histories in which this mistake is more likely to show. */
  readonly under?: (plan: Plan) => Plan;
  readonly storage?: (model: StorageModel) => StorageModel;
  readonly ports?: (ports: Ports) => Ports;
  readonly sender?: (sender: WebhookSender, ports: Ports) => WebhookSender;
  readonly operations?: (operations: Operations, ports: Ports) => Operations;
}

/** Mistakes that were made in payment systems before, each of which the simulation has to find. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'the processor is asked before the attempt is on record',
    ports: writesBehind((commit) => commit.changes.some(({ kind }) => kind === 'insert_attempt')),
  },
  {
    name: 'a commit is acknowledged before it is durable',
    ports: writesBehind((commit) => commit.changes.some(({ kind }) => kind === 'insert')),
  },
  {
    name: 'an answer that never came counts as a decline',
    ports: withConnector((connector) => ({
      verify: async (request) => {
        const answer = await connector.verify(request);
        return answer.kind === 'unknown' ? DECLINED : answer;
      },
    })),
  },
  {
    name: 'a look-up without an answer counts as a decline',
    ports: withConnector((connector) => ({
      lookUp: async (scope, reference) => {
        const answer = await connector.lookUp(scope, reference);
        return answer.kind === 'unknown' ? DECLINED : answer;
      },
    })),
  },
  {
    name: 'an unknown answer is asked for by verifying again',
    ports: withConnector((connector) => ({
      verify: async (request) => {
        const answer = await connector.verify(request);
        return answer.kind === 'unknown' ? connector.verify(request) : answer;
      },
    })),
  },
  {
    name: '"not found" counts as a decline at once',
    ports: withConnector((connector) => ({
      lookUp: async (scope, reference) => {
        const answer = await connector.lookUp(scope, reference);
        return answer.kind === 'not_found'
          ? { kind: 'declined', code: 'processing_error', processorReference: null }
          : answer;
      },
    })),
  },
  {
    name: 'what was not found is not voided, although a process that slept may still ask for it',
    under: (plan) => ({ ...plan, worker: 'steady', rates: { ...plan.rates, freeze: 0.15, storage: 0 } }),
    storage: withCommit((commit) => ({
      ...commit,
      changes: commit.changes.map((change): Change => {
        if (change.kind !== 'update_attempt' || change.patch.outcome !== 'not_processed') return change;
        return { ...change, patch: { ...change.patch, state: 'closed', nextCheckAt: null } };
      }),
    })),
  },
  {
    name: 'what was given up is not voided',
    ports: withConnector(() => ({ void: async () => 'done' })),
  },
  {
    name: 'authentication is taken for granted',
    ports: withConnector((connector) => ({
      verify: async (request) => authenticated(await connector.verify(request)),
      lookUp: async (scope, reference) => authenticated(await connector.lookUp(scope, reference)),
    })),
  },
  {
    name: 'the browser that returns is believed to have authenticated',
    operations: (operations, ports) => ({
      ...operations,
      setupIntents: {
        ...operations.setupIntents,
        returnFromAuthentication: async (stateToken) => {
          const named = attemptNamedBy(ports, stateToken);
          return named && settleAttempt(ports, named, approvedBy(named.id), { known: null, idempotency: null });
        },
      },
    }),
  },
  {
    name: 'versions are not compared',
    storage: withCommit((commit, { tables }) => ({
      ...commit,
      changes: commit.changes.map((change): Change => {
        if (change.kind !== 'update' || !('version' in change.expect)) return change;
        const { version = 0 } = tables.objects[change.objectType].get(keyOf(commit.scope, change.id)) ?? {};
        return { ...change, expect: { version } };
      }),
    })),
  },
  {
    name: 'a late writer of an attempt is not fenced off',
    storage: withCommit((commit, { tables }) => ({
      ...commit,
      changes: commit.changes.map((change): Change => {
        if (change.kind !== 'update_attempt') return change;
        const { version = 0 } = tables.attempts.get(keyOf(commit.scope, change.id)) ?? {};
        return { ...change, expectVersion: version };
      }),
    })),
  },
  {
    name: 'an intent that is being confirmed can be confirmed again',
    storage: (model) => {
      const unguarded = withCommit((commit) => ({
        ...commit,
        changes: commit.changes.map((change): Change => {
          const isConfirming = change.kind === 'update' && 'statusIn' in change.expect && change.takesAttempt;
          return isConfirming ? ({ ...change, expect: { ...change.expect, statusIn: ALL_OPEN } } as Change) : change;
        }),
      }))(model);
      return { ...unguarded, commit: (commit) => withoutUniqueAttempts(model, () => unguarded.commit(commit), commit) };
    },
  },
  {
    name: 'an event is left out',
    storage: afterCommit(({ tables }, { changes, scope }) => {
      const change = changes.find((each) => each.kind === 'update' && each.event.type === 'setup_intent.updated');
      if (change?.kind === 'update') tables.eventsOfObjects.get(keyOf(scope, change.id))?.pop();
    }),
  },
  {
    name: 'an event is written twice',
    storage: afterCommit(({ tables }, { changes, scope }) => {
      const change = changes.find((each) => each.kind === 'update' && each.event.type === 'setup_intent.succeeded');
      const events = change?.kind === 'update' && tables.eventsOfObjects.get(keyOf(scope, change.id));
      if (events) events.push(...events.slice(-1));
    }),
  },
  {
    name: 'an intent succeeds without its mandate',
    storage: withoutChanges((change) => change.kind === 'insert' && change.objectType === 'mandate'),
  },
  {
    name: 'a method is attached in a commit of its own, after the success',
    ports: splitOff((change) => change.kind === 'update' && change.objectType === 'payment_method'),
  },
  {
    name: 'a session is completed in a commit of its own, after the success',
    ports: splitOff((change) => change.kind === 'update' && change.event.type === 'checkout_session.completed'),
  },
  {
    name: 'a success takes a method that became another customer’s while the processor was asked',
    under: (plan) => ({
      ...plan,
      operations: plan.operations.map((operation, index) => ({
        ...operation,
        kind: SHARED_METHODS[index % SHARED_METHODS.length] as PlannedOperation['kind'],
      })),
    }),
    ports: (ports) => ({
      ...ports,
      storage: {
        ...ports.storage,
        async loadAttempt(scope, id) {
          const loaded = await ports.storage.loadAttempt(scope, id);
          const { paymentMethod } = loaded ?? {};
          return loaded && paymentMethod ? { ...loaded, paymentMethod: { ...paymentMethod, customer: null } } : loaded;
        },
      },
    }),
  },
  {
    name: 'an idempotency key is remembered after the work instead of with it',
    ports: (ports) => ({
      ...ports,
      storage: {
        ...ports.storage,
        async commit(commit) {
          const result = await ports.storage.commit({ ...commit, idempotency: null });
          const { idempotency: step, scope, at } = commit;
          if (result.kind === 'committed' && step) {
            await ports.storage.recordRefusal(scope, step.entry, { code: 'too_many_changes_at_once', facts: {} }, at);
          }
          return result;
        },
      },
    }),
  },
  {
    name: 'an idempotency key is not remembered for a confirmation',
    storage: withCommit((commit) => (commit.idempotency?.step === 'begin' ? { ...commit, idempotency: null } : commit)),
  },
  {
    name: 'a detached method leaves its number',
    storage: withoutChanges(({ kind }) => kind === 'delete_sealed_card'),
  },
  {
    name: 'a declined card leaves its number',
    storage: withoutChanges(({ kind }) => kind === 'delete_draft'),
  },
  {
    name: 'expiry cancels an intent whose processor was asked',
    operations: (operations, ports) => ({
      ...operations,
      jobs: { ...operations.jobs, expire: (limit) => expireWhatever(operations, ports, limit) },
    }),
    storage: (model) => ({
      ...model,
      listExpiredSetupIntents: (now) =>
        [...model.tables.objects.setup_intent.values()].filter(
          ({ expiresAt, status }) =>
            expiresAt !== null && expiresAt <= now && !['succeeded', 'canceled'].includes(status),
        ),
    }),
  },
  {
    name: 'a cancellation overtakes a success that was loaded before it',
    storage: withCommit((commit, { tables }) => ({
      ...commit,
      changes: commit.changes.map((change): Change => {
        if (change.kind !== 'update' || change.event.type !== 'setup_intent.canceled') return change;
        const { version = 0 } = tables.objects.setup_intent.get(keyOf(commit.scope, change.id)) ?? {};
        return { ...change, expect: { version } };
      }),
    })),
  },
  {
    name: 'an attempt that a worker took is forgotten when the worker stops',
    storage: (model) => ({
      ...model,
      claimDueAttempts(now, leaseUntil, limit) {
        const claimed = model.claimDueAttempts(now, leaseUntil, limit);
        for (const { attempt } of claimed) {
          model.tables.attempts.set(keyOf(attempt.scope, attempt.id), { ...attempt, nextCheckAt: null });
        }
        return claimed;
      },
    }),
  },
  {
    name: 'a read is answered by a replica that lags behind',
    storage: (model) => {
      const stale = new Map<string, ReturnType<StorageModel['loadSetupIntent']>>();
      return {
        ...model,
        loadSetupIntent(scope, id) {
          const before = stale.get(id);
          const now = model.loadSetupIntent(scope, id);
          stale.set(id, now);
          return before ?? now;
        },
      };
    },
  },
  {
    name: 'a delivery counts as accepted before it is sent',
    storage: (model) => ({
      ...model,
      claimDeliveries(claim) {
        const claimed = model.claimDeliveries(claim);
        for (const { event } of claimed?.deliveries ?? []) {
          const key = keyOf(claim.scope, event.id, claim.endpointId);
          const delivery = model.tables.deliveries.get(key);
          if (delivery) model.tables.deliveries.set(key, { ...delivery, state: 'accepted', endedAt: claim.now });
        }
        return claimed;
      },
    }),
  },
  {
    name: 'a worker whose lease ran out still writes how its delivery went',
    under: (plan) => ({ ...plan, worker: 'faulty', rates: { ...plan.rates, receiver: 0.4, freeze: 0.2 } }),
    storage: (model) => ({
      ...model,
      settleDelivery(settlement) {
        const { tables } = model;
        const key = keyOf(settlement.scope, settlement.eventId, settlement.endpointId);
        const delivery = tables.deliveries.get(key);
        if (delivery) tables.deliveries.set(key, { ...delivery, claim: settlement.claim, endedAt: null });
        return model.settleDelivery(settlement);
      },
    }),
  },
  {
    name: 'events of one object are sent side by side',
    storage: (model) => ({
      ...model,
      claimDeliveries(claim) {
        const { tables } = model;
        const renamed = new Map([...tables.deliveries].map(([key, each]) => [key, each.objectId]));
        for (const [key, each] of tables.deliveries) tables.deliveries.set(key, { ...each, objectId: each.eventId });
        const claimed = model.claimDeliveries(claim);
        for (const [key, objectId] of renamed) {
          const each = tables.deliveries.get(key);
          if (each) tables.deliveries.set(key, { ...each, objectId });
        }
        return claimed;
      },
    }),
  },
  {
    name: 'no delivery is made for an endpoint in the commit of its event',
    storage: afterCommit(({ tables }, { changes, scope }) => {
      for (const change of changes) {
        if (change.kind !== 'update' || change.event.type !== 'setup_intent.succeeded') continue;
        for (const key of tables.deliveries.keys()) {
          if (key.startsWith(keyOf(scope, change.event.id))) tables.deliveries.delete(key);
        }
      }
    }),
  },
];

const SHARED_METHODS = ['create_customer', 'create_method', 'create_and_confirm', 'attach'] as const;
const DECLINED = { kind: 'declined', code: 'card_declined', processorReference: null } as const;
const ALL_OPEN = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'processing'] as const;

function approvedBy(reference: Uuid) {
  const ids = { processorReference: `p_${reference}`, networkTransactionId: null };
  return { kind: 'approved', ...ids, country: null, authenticated: true } as const;
}

function authenticated<T extends { readonly kind: string }>(answer: T): T {
  return answer.kind === 'approved' ? { ...answer, authenticated: true } : answer;
}

function withConnector(mistaken: (connector: Connector) => Partial<Connector>): (ports: Ports) => Ports {
  return (ports) => {
    const { test } = ports.connectors;
    return { ...ports, connectors: { ...ports.connectors, test: test && { ...test, ...mistaken(test) } } };
  };
}

function withCommit(mistaken: (commit: Commit, model: StorageModel) => Commit): (model: StorageModel) => StorageModel {
  return (model) => ({ ...model, commit: (commit) => model.commit(mistaken(commit, model)) });
}

function withoutChanges(isForgotten: (change: Change) => boolean): (model: StorageModel) => StorageModel {
  return (model) => ({
    ...model,
    commit(commit) {
      const kept = commit.changes.filter((change) => !isForgotten(change));
      const indexOf = (index: number) => kept.indexOf(commit.changes[index] as Change);
      const { idempotency: step } = commit;
      const idempotency = step && 'changeIndex' in step ? { ...step, changeIndex: indexOf(step.changeIndex) } : step;
      const result = model.commit({ ...commit, changes: kept, idempotency });
      return result.kind === 'committed' ? { ...result, objects: objectsIn(commit, kept, result) } : result;
    },
  });
}

function objectsIn({ changes }: Commit, kept: readonly Change[], result: Extract<CommitResult, { kind: 'committed' }>) {
  return changes.map((change) => result.objects[kept.indexOf(change)] ?? null);
}

function afterCommit(mistake: (model: StorageModel, commit: Commit) => void): (model: StorageModel) => StorageModel {
  return (model) => ({
    ...model,
    commit(commit) {
      const result = model.commit(commit);
      if (result.kind === 'committed') mistake(model, commit);
      return result;
    },
  });
}

/** Answers at once what a commit would make of the objects, and makes it later. */
function writesBehind(isWrittenBehind: (commit: Commit) => boolean): (ports: Ports) => Ports {
  return (ports) => ({
    ...ports,
    storage: {
      ...ports.storage,
      async commit(commit): Promise<CommitResult> {
        const inserted = commit.changes.map((change) => (change.kind === 'insert' ? change.object : null));
        const isAnswerable = commit.changes.every(({ kind }) => kind !== 'update') || commit.changes.some(isAttempt);
        if (!isWrittenBehind(commit) || !isAnswerable) return ports.storage.commit(commit);
        if (commit.changes.some(isAttempt)) return beginningWrittenBehind(ports.storage, commit);
        ports.storage.commit(commit).catch(() => {});
        return { kind: 'committed', objects: inserted };
      },
    },
  });
}

function isAttempt({ kind }: Change): boolean {
  return kind === 'insert_attempt';
}

async function beginningWrittenBehind(storage: Storage, commit: Commit): Promise<CommitResult> {
  const update = commit.changes.find((change) => change.kind === 'update');
  if (update?.kind !== 'update') return storage.commit(commit);
  const loaded = await storage.loadSetupIntent(commit.scope, update.id);
  if (loaded === null) return { kind: 'stale' };
  storage.commit(commit).catch(() => {});
  const intent = { ...loaded.intent, ...update.patch, version: loaded.intent.version + 1 } as SetupIntent;
  return { kind: 'committed', objects: commit.changes.map((change) => (change === update ? intent : null)) };
}

/** Makes these changes of a success in a second commit, with what they belong to already told. */
function splitOff(isLater: (change: Change) => boolean): (ports: Ports) => Ports {
  return (ports) => ({
    ...ports,
    storage: {
      ...ports.storage,
      async commit(commit) {
        const isSuccess = commit.changes.some(
          (each) => each.kind === 'update' && each.event.type === 'setup_intent.succeeded',
        );
        const later = commit.changes.filter(isLater);
        if (!isSuccess || later.length === 0) return ports.storage.commit(commit);
        const first = commit.changes.filter((change) => !later.includes(change));
        const { idempotency: step } = commit;
        const moved = step && 'changeIndex' in step ? first.indexOf(commit.changes[step.changeIndex] as Change) : 0;
        const idempotency = step && 'changeIndex' in step ? { ...step, changeIndex: moved } : step;
        const result = await ports.storage.commit({ ...commit, changes: first, idempotency });
        if (result.kind !== 'committed') return result;
        await ports.storage.commit({ ...commit, changes: later, idempotency: null });
        return { ...result, objects: objectsIn(commit, first, result) };
      },
    },
  });
}

/** Hides an open attempt from the unique index for the length of one commit. */
function withoutUniqueAttempts(
  { tables }: StorageModel,
  commitAll: () => CommitResult,
  { scope, changes }: Commit,
): CommitResult {
  const begun = changes.find((change) => change.kind === 'insert_attempt');
  if (begun?.kind !== 'insert_attempt') return commitAll();
  const key = keyOf(scope, begun.attempt.setupIntentId);
  const others = tables.attemptsOfIntents.get(key) ?? [];
  const isOpen = others.some((each) => OPEN.has(tables.attempts.get(each)?.state ?? 'closed'));
  if (!isOpen) return commitAll();
  tables.attemptsOfIntents.set(key, []);
  const result = commitAll();
  tables.attemptsOfIntents.set(key, [...others, ...(tables.attemptsOfIntents.get(key) ?? [])]);
  return result;
}

async function expireWhatever(operations: Operations, { storage, clock, ids }: Ports, limit: number): Promise<number> {
  const now = clock.now();
  const expired = await storage.listExpiredSetupIntents(now, limit);
  for (const { scope, id } of expired) {
    const loaded = await storage.loadSetupIntent(scope, id);
    if (loaded === null || loaded.intent.checkoutSessionId !== null) continue;
    const expect = { version: loaded.intent.version };
    const event = { id: ids.next(), type: 'setup_intent.canceled' } as const;
    const canceled = {
      kind: 'update',
      objectType: 'setup_intent',
      id,
      expect,
      patch: { status: 'canceled' },
      event,
    } as const;
    await storage.commit({ scope, at: now, changes: [canceled], idempotency: null });
  }
  return operations.jobs.expire(limit);
}
