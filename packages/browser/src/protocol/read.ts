import { MESSAGE_CHARACTERS_MAX } from './messages.js';

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a message, or `null` for what is no message: no text, too long, no JSON, no object. */
export function readMessage(data: unknown): Fields | null {
  if (typeof data !== 'string' || data.length > MESSAGE_CHARACTERS_MAX) return null;
  try {
    return fieldsOf(JSON.parse(data));
  } catch {
    return null;
  }
}

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** Of so many code points at most: that is how the server counts. */
export function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length <= lengthMax * 2 && [...value].length <= lengthMax;
}

export function isOneOf<T extends string>(value: unknown, allowed: readonly T[]): value is T {
  return allowed.includes(value as T);
}

export function isWhole(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

/** Texts under names of this list; `null` when there is another name, or anything but a text of that length at most. */
export function textsUnder<N extends string>(
  value: unknown,
  names: readonly N[],
  lengthMax: number,
): Partial<Record<N, string>> | null {
  const fields = fieldsOf(value);
  if (fields === null) return null;
  const isAllowed = ([name, text]: [string, unknown]) => isOneOf(name, names) && isText(text, lengthMax);
  return Object.entries(fields).every(isAllowed) ? (fields as Partial<Record<N, string>>) : null;
}

/** Instance ids are made by the page script: 16 random bytes in hexadecimal. */
export function isInstanceId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}

export const REQUEST_NUMBER_MAX = 1_000_000;

/** Of what a person enters in one field. */
export const VALUE_CHARACTERS_MAX = 255;
