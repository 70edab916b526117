/**
 * Joins fields so that no two different lists of fields give the same bytes: each is preceded by its length, 32 bits big-
 * endian. A separator could be part of a field; a length cannot be mistaken.
 */
export function lengthPrefixed(fields: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(withLengths(fields.map((field) => (typeof field === 'string' ? Buffer.from(field) : field))));
}

/** The same, piece by piece: for fields that must not be copied. */
export function withLengths(fields: readonly Uint8Array[]): readonly Uint8Array[] {
  return fields.flatMap(withLength);
}

function withLength(field: Uint8Array): [length: Buffer, field: Uint8Array] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return [length, field];
}
