import { createHash } from 'node:crypto';
import type { Uuid } from '@onfile/core';
import type { Fields } from '../fields.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const UUID_RULE = { lengthMax: 36, form: { pattern: UUID, message: 'Must be a UUID.' } } as const;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function parseUuid(fields: Fields, name: string): Uuid | undefined {
  return fields.text(name, UUID_RULE)?.toLowerCase() as Uuid | undefined;
}

/** The object's id in a path. One that is malformed names nothing. */
export function parseReference(
  fields: Fields,
  name: string,
  object: 'setup_intent' | 'customer' | 'payment_method',
): Uuid | undefined {
  return fields.reference(name, object, (text) => (isUuid(text) ? (text.toLowerCase() as Uuid) : null));
}

/** UUIDv5 (RFC 9562) of a text, in a namespace of our own. */
export function uuidOf(text: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const NAMESPACE = Buffer.from('b1f3d0c75b0e4d6f9a1d3c2e7f60a8b4', 'hex');
