import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Storage } from '../src/ports/storage.js';
import { commitCases } from './storage-contract/commits.js';
import { concurrencyCases } from './storage-contract/concurrency.js';
import { deliveryCases } from './storage-contract/deliveries.js';
import { followedEventCases } from './storage-contract/followed-events.js';
import { idempotencyCases } from './storage-contract/idempotency.js';
import { limitCases } from './storage-contract/limits.js';
import { listCases } from './storage-contract/lists.js';
import { merchantCases } from './storage-contract/merchants.js';
import { operatorCases } from './storage-contract/operators.js';
import { readCases } from './storage-contract/reads.js';
import { sweepCases } from './storage-contract/sweeps.js';
import { makeWorld, type World } from './storage-contract/world.js';

export interface StorageHarness {
  /** On an empty database of its own, with all its tables. */
  readonly storage: Storage;
  /** Closes the storage, and removes its database. */
  close(): Promise<void>;
}

const PARTS = {
  commits: commitCases,
  concurrency: concurrencyCases,
  limits: limitCases,
  idempotency: idempotencyCases,
  reads: readCases,
  lists: listCases,
  sweeps: sweepCases,
  merchants: merchantCases,
  deliveries: deliveryCases,
  'followed events': followedEventCases,
  operators: operatorCases,
} as const;

export type StorageContractPart = keyof typeof PARTS;
const ALL_PARTS = Object.keys(PARTS) as readonly StorageContractPart[];

/** What every storage must do, whatever keeps the data; all of it, unless some parts are named. */
export function storageContract(
  name: string,
  makeHarness: () => Promise<StorageHarness>,
  parts: readonly StorageContractPart[] = ALL_PARTS,
): void {
  describe(`${name} keeps the storage contract`, () => {
    let harness: StorageHarness;
    let world: World;
    beforeAll(async () => {
      harness = await makeHarness();
      world = makeWorld(harness.storage);
    });
    afterAll(() => harness?.close());

    for (const part of parts) PARTS[part](() => world);

    test('it says that it answers', async () => {
      await expect(world.storage.ping()).resolves.toBeUndefined();
    });
  });
}
