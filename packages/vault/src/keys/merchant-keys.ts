import { randomUUID } from 'node:crypto';
import type { Clock, Storage, Uuid, WrappedMerchantKey } from '@onfile/core';
import type { MerchantKey } from '../envelope.js';
import { ExpiringMap } from '../expiring-map.js';
import { wipe } from '../secret.js';
import { type KeyContext, type KeyProvider, KeyProviderFault } from './key-provider.js';

/** The part of storage that keeps merchants' keys, wrapped. */
export type MerchantKeyStore = Pick<Storage, 'loadMerchantKeys' | 'insertMerchantKey'>;

export interface MerchantKeysOptions {
  readonly provider: KeyProvider;
  readonly store: MerchantKeyStore;
  readonly clock: Clock;
  /** How many merchants' keys are kept in clear at once. */
  readonly cachedMax?: number;
}

/** Longer than this no merchant's key stays in memory in clear, and no longer than this an outage goes unnoticed. */
export const MERCHANT_KEY_CACHE_MS = 5 * 60 * 1000;

/** Merchants' keys in clear, for as long as a call takes. A merchant's first key is created when it is first wanted. */
export class MerchantKeys {
  readonly #options: MerchantKeysOptions;
  readonly #cache: ExpiringMap<Uuid, readonly UsableKey[]>;
  #isClosed = false;
  readonly #loading = new Map<Uuid, Promise<readonly UsableKey[]>>();

  constructor(options: MerchantKeysOptions) {
    this.#options = options;
    this.#cache = new ExpiringMap({
      clock: options.clock,
      lifetimeMs: MERCHANT_KEY_CACHE_MS,
      countMax: options.cachedMax ?? 1_000,
      wipe: (keys) => wipe(...keys.map(({ key }) => key)),
      whenFull: 'evict_oldest',
    });
  }

  /** Calls with the key to seal with. The key must not be kept. */
  async useActive<T>(merchantId: Uuid, fn: (key: MerchantKey) => T): Promise<T> {
    return this.#useOne(merchantId, activeKey, async (key) => {
      if (key !== null) return fn(key);
      await this.#createFirst(merchantId);
      return this.#useOne(merchantId, activeKey, (created) => {
        if (created !== null) return fn(created);
        throw new KeyProviderFault('unusable', 'A merchant has keys, but none of them is active.');
      });
    });
  }

  /** Calls with the key of that name, or with `null` when the merchant has none. An unknown name is looked up afresh. */
  use<T>(merchantId: Uuid, name: KeyName, fn: (key: MerchantKey | null) => T): Promise<T> {
    return this.#useOne(merchantId, (keys) => keyNamed(keys, name), fn);
  }

  sweep(): void {
    this.#cache.sweep();
  }

  close(): void {
    this.#isClosed = true;
    this.#cache.clear();
  }

  async #useOne<T>(
    merchantId: Uuid,
    pick: (keys: readonly UsableKey[]) => UsableKey | null,
    fn: (key: UsableKey | null) => T | Promise<T>,
  ): Promise<T> {
    const cached = pick(this.#cache.get(merchantId) ?? []);
    if (cached !== null) return fn(cached);

    // A load that is under way may have read before the key was there: it is believed for what it found alone.
    const found = pick((await this.#loading.get(merchantId)) ?? []);
    if (found !== null && !found.key.isWiped) return fn(found);

    // What was loaded can be evicted, and so wiped, before we are awake to use it.
    for (let load = 0; load < LOADS_MAX; load += 1) {
      const loaded = pick(await this.#load(merchantId));
      if (loaded === null || !loaded.key.isWiped) return fn(loaded);
    }
    throw new KeyProviderFault('unavailable', 'More merchants are active at once than keys may be kept in clear.');
  }

  /** Callers that want the same merchant's keys at once share one load. */
  #load(merchantId: Uuid): Promise<readonly UsableKey[]> {
    const running = this.#loading.get(merchantId);
    if (running !== undefined) return running;

    const loading = this.#loadAndCache(merchantId).finally(() => this.#loading.delete(merchantId));
    this.#loading.set(merchantId, loading);
    return loading;
  }

  async #loadAndCache(merchantId: Uuid): Promise<readonly UsableKey[]> {
    const stored = await this.#options.store.loadMerchantKeys(merchantId);
    const keys: UsableKey[] = [];
    try {
      for (const key of stored) if (key.state !== 'destroyed') keys.push(await this.#unwrap(key));
      if (this.#isClosed) throw new KeyProviderFault('unavailable', 'The vault is closed.');
    } catch (cause) {
      wipe(...keys.map(({ key }) => key));
      throw cause;
    }
    this.#cache.set(merchantId, keys);
    return keys;
  }

  /** Somebody else may create it at the same moment: the store keeps one, and whoever loads then gets that one. */
  async #createFirst(merchantId: Uuid): Promise<void> {
    const { provider, store, clock } = this.#options;
    const name = { merchantId, id: randomUUID() as Uuid, version: 1 };
    const { key, wrapped } = await provider.generate(contextOf(name));
    key.wipe();
    await store.insertMerchantKey({ ...name, state: 'active', wrapped, createdAt: clock.now() });
  }

  async #unwrap(stored: WrappedMerchantKey): Promise<UsableKey> {
    const { id, version, state, wrapped } = stored;
    const key = await this.#options.provider.unwrap(wrapped, contextOf(stored));
    return { id, version, isActive: state === 'active', key };
  }
}

/** Whether the provider has the key that this one was wrapped with. Throws a {@link KeyProviderFault} when it cannot tell. */
export async function opensMerchantKey(provider: KeyProvider, stored: WrappedMerchantKey): Promise<boolean> {
  try {
    wipe(await provider.unwrap(stored.wrapped, contextOf(stored)));
    return true;
  } catch (fault) {
    if (fault instanceof KeyProviderFault && fault.code === 'refused') return false;
    throw fault;
  }
}

const LOADS_MAX = 3;

type KeyName = Pick<MerchantKey, 'id' | 'version'>;

interface UsableKey extends MerchantKey {
  readonly isActive: boolean;
}

function activeKey(keys: readonly UsableKey[]): UsableKey | null {
  return keys.find(({ isActive }) => isActive) ?? null;
}

function keyNamed(keys: readonly UsableKey[], { id, version }: KeyName): UsableKey | null {
  return keys.find((key) => key.id === id && key.version === version) ?? null;
}

function contextOf({ merchantId, id, version }: Pick<WrappedMerchantKey, 'merchantId' | 'id' | 'version'>): KeyContext {
  return { use: 'merchant-key', merchant: merchantId, key: id, version: String(version) };
}
