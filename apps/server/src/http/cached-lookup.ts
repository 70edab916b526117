import type { Clock, Uuid } from '@onfile/core';

/**
 * How long what was loaded is believed, so that a busy caller costs no round trip of its own; that is also how long a
 * revoked key can still work.
 */
export const KEY_CACHE_MS = 5_000;
/** Keys that do not exist are remembered too, so there has to be an end: the oldest are forgotten first. */
const CACHED_KEYS_MAX = 10_000;

export type Lookup<T> = (merchantId: Uuid, id: Uuid) => Promise<T | null>;

/** The same look-up, which asks once in {@link KEY_CACHE_MS} for each id. */
export function cachedLookup<T>(load: Lookup<T>, clock: Clock): Lookup<T> {
  const loaded = new Map<string, { readonly at: number; readonly found: Promise<T | null> }>();

  function remember(name: string, entry: { readonly at: number; readonly found: Promise<T | null> }): void {
    loaded.delete(name);
    loaded.set(name, entry);
    const [oldest] = loaded.keys();
    if (loaded.size > CACHED_KEYS_MAX && oldest !== undefined) loaded.delete(oldest);
  }

  return (merchantId, id) => {
    const name = `${merchantId} ${id}`;
    const now = clock.now();
    const known = loaded.get(name);
    if (known && now >= known.at && now < known.at + KEY_CACHE_MS) return known.found;

    const found = load(merchantId, id);
    remember(name, { at: now, found });
    // A fault is for those who wait for this answer; the next request asks again.
    found.catch(() => loaded.delete(name));
    return found;
  };
}
