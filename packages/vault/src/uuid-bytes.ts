import type { Uuid } from '@onfile/core';

/** The 16 bytes of a UUID. Anything else than its text form is a fault: lengths in the envelope are fixed. */
export function uuidToBytes(uuid: Uuid): Buffer {
  if (!UUID.test(uuid)) throw new TypeError('Expected a UUID in its lower-case text form.');
  const hex = uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24);
  return Buffer.from(hex, 'hex');
}

export function uuidFromBytes(bytes: Uint8Array): Uuid {
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Uuid;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
