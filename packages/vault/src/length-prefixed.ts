/**
 * Joins fields so that no two different lists of fields give the same bytes: each is preceded by its length, 32 bits big-
 * endian. A separator could be part of a field; a length cannot be mistaken.
 */
export function lengthPrefixed(fields: readonly (string | Uint8Array)[]): Buffer {
  const lengths = fields.map((field) => (typeof field === 'string' ? Buffer.byteLength(field) : field.length));
  const joined = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  fields.forEach((field, index) => {
    const length = lengths[index] ?? 0;
    at = joined.writeUInt32BE(length, at);
    if (typeof field === 'string') joined.write(field, at);
    else joined.set(field, at);
    at += length;
  });
  return joined;
}

const LENGTH_BYTES = 4;
