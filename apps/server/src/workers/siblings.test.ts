import type { CardRequest, SealRequest, SendResult, Uuid, Vault } from '@onfile/core';
import { expect, test } from 'vitest';
import { createMetrics } from '../http/metrics.js';
import type { ToPrimary, ToWorker } from './messages.js';
import { Relay } from './relay.js';
import { joinSiblings, type Siblings } from './siblings.js';
import { vaultOfSiblings } from './vault-of-siblings.js';

const PATIENT_MS = 60_000;
const CLOCK = { now: () => 0 };

type Sibling = Siblings & { readonly id: number };

/** Workers in one process: their messages take the way over a relay, as over a primary's. */
function workersWith(relay: Relay, count: number): Sibling[] {
  return Array.from({ length: count }, (_, id) => {
    let take: (message: ToWorker) => void = () => undefined;
    const correspondent = { id, tell: (message: ToWorker) => queueMicrotask(() => take(message)) };
    relay.join(correspondent);
    const tell = (message: ToPrimary) => {
      if (message.kind !== 'listening') queueMicrotask(() => relay.take(correspondent, message));
    };
    return {
      id,
      ...joinSiblings({
        tell,
        listen: (listener) => {
          take = listener;
        },
      }),
    };
  });
}

/** Workers with vaults that answer with their number instead of sending. */
function vaultsWith(relay: Relay, count: number): readonly Vault[] {
  return workersWith(relay, count).map((siblings) => {
    const vault = {
      seal: async () => ({ kind: 'sealed' }),
      send: async () => sentBy(siblings.id),
    } as unknown as Vault;
    return vaultOfSiblings(vault, siblings, CLOCK);
  });
}

const sentBy = (worker: number): SendResult => ({ kind: 'not_sent', reason: `worker ${worker}` });
const ATTEMPT = '0198c0de-0000-7000-8000-000000000001' as Uuid;
const SEAL = { attemptId: ATTEMPT } as SealRequest;
const SEND = { card: { attemptId: ATTEMPT }, totalTimeoutMs: PATIENT_MS } as CardRequest;

test('a card is sent once by the worker that took it, and after that by whoever is asked', async () => {
  const [first, , third] = vaultsWith(new Relay(), 3) as [Vault, Vault, Vault];
  await third.seal(SEAL);
  expect(await first.send(SEND)).toEqual(sentBy(2));
  expect(await first.send(SEND)).toEqual(sentBy(0));
});

test('a worker sends a card that it took itself without asking anybody', async () => {
  const relay = new Relay();
  const [only] = vaultsWith(relay, 1) as [Vault];
  await only.seal(SEAL);
  // Whoever has left hears nothing any more.
  relay.leave({ id: 0 });
  expect(await only.send(SEND)).toEqual(sentBy(0));
});

test('when a worker ends that was asked to send, nobody knows whether it did', async () => {
  const relay = new Relay();
  const [asking, silent] = workersWith(relay, 2) as [Sibling, Sibling];
  const asked = new Promise<void>((isAsked) => {
    silent.answer('send_card', () => {
      isAsked();
      return new Promise(() => undefined);
    });
  });
  const unused = {} as Vault;
  const sent = vaultOfSiblings(unused, asking, CLOCK).send(SEND);
  await asked;
  relay.leave({ id: 1 });
  expect(await sent).toEqual({ kind: 'unknown', reason: 'worker_gone' });
});

test('who is silent, and whose answer breaks off by a fault, is gone for who asked', async () => {
  const [asking, faulty, silent] = workersWith(new Relay(), 3) as [Sibling, Sibling, Sibling];
  faulty.answer('metrics', async () => {
    throw new Error('no numbers');
  });
  expect(await asking.ask('metrics', null, PATIENT_MS)).toEqual([{ kind: 'gone' }, { kind: 'nothing' }]);
  silent.answer('metrics', () => new Promise(() => undefined));
  expect(await asking.ask('metrics', null, 1)).toEqual([{ kind: 'gone' }]);
});

test('without the numbers of all workers there are no metrics, since each counter would seem to have begun anew', async () => {
  const [asking, faulty] = workersWith(new Relay(), 2) as [Sibling, Sibling];
  const databaseConnections = () => ({ open: 0, idle: 0, waiting: 0 });
  const metrics = createMetrics({ maskedRuns: () => 0, databaseConnections, siblings: asking });
  expect((await metrics.render())?.text).toContain('onfile_vault_open_failures_total 0');
  faulty.answer('metrics', () => Promise.reject(new Error('no numbers')));
  expect(await metrics.render()).toBeNull();
  metrics.stop();
});
