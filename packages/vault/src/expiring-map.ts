import type { Clock, Instant } from '@onfile/core';

export interface ExpiringMapOptions<V> {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly countMax: number;
  /** What happens to a value that leaves unasked: its time is over, it was replaced, or the map was cleared. */
  readonly wipe: (value: V) => void;
  /** What a full map does with one more: push the oldest out, or answer that there is no room. */
  readonly whenFull: 'evict_oldest' | 'refuse';
}

/**
 * Values that are kept for a while and wiped after it, at most so many. Time is looked at on every access and by `sweep`;
 * a clock that was set back ends a value's time too, since nobody knows how much of it is left.
 */
export class ExpiringMap<K, V> {
  readonly #entries = new Map<K, { readonly value: V; readonly since: Instant }>();
  readonly #options: ExpiringMapOptions<V>;

  constructor(options: ExpiringMapOptions<V>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  hasRoom(): boolean {
    if (this.#entries.size >= this.#options.countMax) this.sweep();
    return this.#entries.size < this.#options.countMax || this.#options.whenFull === 'evict_oldest';
  }

  /** Answers whether the value is kept. One that is not stays the caller's. */
  set(key: K, value: V): boolean {
    this.delete(key);
    if (!this.hasRoom()) return false;

    this.#entries.set(key, { value, since: this.#options.clock.now() });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.countMax) break;
      this.delete(oldest);
    }
    return true;
  }

  get(key: K): V | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (!this.#isOver(entry.since)) return entry.value;
    this.delete(key);
    return null;
  }

  /** Hands the value out for good: wiping it is the caller's from now on. */
  take(key: K): V | null {
    const value = this.get(key);
    this.#entries.delete(key);
    return value;
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    if (entry !== undefined) this.#options.wipe(entry.value);
  }

  sweep(): void {
    for (const [key, { since }] of this.#entries) if (this.#isOver(since)) this.delete(key);
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }

  #isOver(since: Instant): boolean {
    const age = this.#options.clock.now() - since;
    return age < 0 || age >= this.#options.lifetimeMs;
  }
}
