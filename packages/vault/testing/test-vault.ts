import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardReference, Clock, Instant, WrappedMerchantKey } from '@onfile/core';
import { openFileKeyProvider } from '../src/keys/file-key-provider.js';
import type { KeyProvider } from '../src/keys/key-provider.js';
import type { MerchantKeyStore } from '../src/keys/merchant-keys.js';
import { createVaultWithSeams, type LocalVault, type VaultOptions, type VaultSeams } from '../src/vault.js';

export const STARTS_AT: Instant = Date.UTC(2026, 0, 15, 12);

export class TestClock implements Clock {
  #now = STARTS_AT;

  now(): Instant {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Keys as the database keeps them: one row per merchant and version. */
export class KeyRows implements MerchantKeyStore {
  readonly rows: WrappedMerchantKey[] = [];
  loads = 0;

  async loadMerchantKeys(merchantId: string): Promise<readonly WrappedMerchantKey[]> {
    this.loads += 1;
    return this.rows.filter((row) => row.merchantId === merchantId).sort((a, b) => b.version - a.version);
  }

  async insertMerchantKey(key: WrappedMerchantKey): Promise<WrappedMerchantKey> {
    const existing = this.rows.find((row) => row.merchantId === key.merchantId && row.version === key.version);
    if (existing === undefined) this.rows.push(key);
    return existing ?? key;
  }
}

export interface TestKeys {
  readonly path: string;
  readonly keys: KeyProvider;
  close(): Promise<void>;
}

export async function temporaryDirectory(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'onfile-vault-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function openTestKeys(): Promise<TestKeys> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'vault.keys');
  const keys = await openFileKeyProvider({ path, log: () => {} });
  return {
    path,
    keys,
    async close() {
      keys.close();
      await directory.remove();
    },
  };
}

export interface TestVault {
  readonly vault: LocalVault;
  readonly clock: TestClock;
  readonly keyRows: KeyRows;
  readonly keys: KeyProvider;
  enter(card: { readonly number: string; readonly cvc: string | null }): CardReference;
  close(): Promise<void>;
}

export async function openTestVault(options: Partial<VaultOptions> = {}, seams: VaultSeams = {}): Promise<TestVault> {
  const { keys, close } = await openTestKeys();
  const clock = new TestClock();
  const keyRows = new KeyRows();
  const vault = await createVaultWithSeams({ keys, merchantKeys: keyRows, clock, ...options }, seams);
  return {
    vault,
    clock,
    keyRows,
    keys,
    enter(card) {
      const paths = { numberPath: 'number', cvcPath: 'cvc' };
      const intake = vault.takeCardFromJson(Buffer.from(JSON.stringify(card)), paths);
      if (intake.kind !== 'taken' || intake.reference === null) throw new Error('expected the card to be taken');
      return intake.reference;
    },
    async close() {
      vault.close();
      await close();
    },
  };
}
