import type { Metadata, MetadataChange } from '@onfile/core';
import { characterCount, type Fields } from './fields.js';

const KEY_LENGTH_MAX = 40;
const VALUE_LENGTH_MAX = 500;

/**
 * Metadata as a change: keys to set, and keys with an empty text, which are removed. How many keys an object may have is
 * for the domain to say. Source: PAY.JP API v2, metadata guide.
 */
export function parseMetadataChange(fields: Fields): MetadataChange | undefined {
  // An empty associative array of PHP arrives as an empty list.
  const given = fields.raw('metadata');
  if (Array.isArray(given) && given.length === 0) return { set: {}, remove: [] };

  const entries = Object.entries(fields.record('metadata') ?? {});
  const valid = entries.filter(([key, value]) => isValidEntry(fields, key, value)) as [string, Metadata[string]][];
  if (!fields.has('metadata')) return undefined;
  return {
    set: Object.fromEntries(valid.filter(([, value]) => value !== '')),
    remove: valid.filter(([, value]) => value === '').map(([key]) => key),
  };
}

/** Metadata of a new object, where there is nothing to remove. */
export function parseMetadata(fields: Fields): Metadata {
  return parseMetadataChange(fields)?.set ?? {};
}

function isValidEntry(fields: Fields, key: string, value: unknown): boolean {
  if (key === '' || characterCount(key, KEY_LENGTH_MAX) > KEY_LENGTH_MAX) {
    fields.report('metadata', 'too_long', `A key has 1 to ${KEY_LENGTH_MAX} characters.`);
    return false;
  }
  if (key.includes('\\')) {
    fields.report('metadata', 'type', 'A key has no backslash.');
    return false;
  }
  const problem = valueProblem(value);
  if (problem) fields.report(`metadata.${key}`, ...problem);
  return problem === null;
}

function valueProblem(value: unknown): ['type' | 'too_long', string] | null {
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return null;
  if (typeof value !== 'string') return ['type', 'Must be a string, an integer, true or false.'];
  if (characterCount(value, VALUE_LENGTH_MAX) <= VALUE_LENGTH_MAX) return null;
  return ['too_long', `Must have at most ${VALUE_LENGTH_MAX} characters.`];
}
