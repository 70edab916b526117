import { type Refused, refuse } from './refusals.js';

/** What a merchant notes on an object: flat, and returned as it was given. */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

/** A change to metadata: keys to set, and keys to remove. */
export interface MetadataChange {
  readonly set: Metadata;
  readonly remove: readonly string[];
}

/**
 * The most keys that an object's metadata holds, after any change.
 * Source: PAY.JP API v2, metadata guide. Dialects that allow more are held to this.
 */
export const METADATA_KEYS_MAX = 20;

export function applyMetadataChange(metadata: Metadata, change: MetadataChange): Metadata {
  const merged = { ...metadata, ...change.set };
  for (const key of change.remove) delete merged[key];
  return merged;
}

export function checkMetadataSize(metadata: Metadata): Refused | null {
  const count = Object.keys(metadata).length;
  return count > METADATA_KEYS_MAX ? refuse('metadata_limit_exceeded', { count, limit: METADATA_KEYS_MAX }) : null;
}
