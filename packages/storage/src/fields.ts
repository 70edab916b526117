import { type CustomerRef, type Instant, renderInstant, type Scope, type Uuid } from '@onfile/core';

/** A row as PostgreSQL turns it into JSON: `row_to_json` in reads, `to_jsonb` in events. */
export type Row = Readonly<Record<string, unknown>>;

/** How one property of a domain object lies in the columns of its table. */
export interface Field<V> {
  readonly columns: readonly string[];
  /** A column that the row does not have, because it is older than the column, reads as `null`. */
  read(row: Row): V;
  /** Values for `columns`, in their order, in a form that `pg` sends as it is. */
  write(value: V): readonly unknown[];
}

export type Fields<T> = { readonly [P in keyof T]-?: Field<T[P]> };

export function scope(): Field<Scope> {
  return {
    columns: ['merchant_id', 'livemode'],
    read: (row) => ({ merchantId: row.merchant_id as Uuid, mode: row.livemode ? 'live' : 'test' }),
    write: ({ merchantId, mode }) => [merchantId, mode === 'live'],
  };
}

/** Text, number, boolean, UUID or array of texts: the same in JSON, in `pg` and in the domain. */
export function plain<V extends string | number | boolean | readonly string[] | null>(column: string): Field<V> {
  return { columns: [column], read: (row) => (row[column] ?? null) as V, write: (value) => [value] };
}

export function instant<V extends Instant | null>(column: string): Field<V> {
  return {
    columns: [column],
    read: (row) => readInstant(row[column]) as V,
    // As text, for `pg` renders a `Date` in local time; kept to the millisecond.
    write: (value) => [value === null ? null : renderInstant(value)],
  };
}

/** From JSON, or as `pg` reads a column. */
export function readInstant(value: unknown): Instant | null {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? Date.parse(value) : null;
}

export function json<V>(column: string): Field<V> {
  return {
    columns: [column],
    read: (row) => (row[column] ?? null) as V,
    write: (value) => [value === null ? null : JSON.stringify(value)],
  };
}

export function bytes<V extends Uint8Array>(column: string): Field<V> {
  return {
    columns: [column],
    read: (row) => readBytes(row[column]) as V,
    write: (value) => [asBuffer(value)],
  };
}

/** `pg` would send any other byte array as an array of numbers. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** In JSON, PostgreSQL writes bytes as `\x` and hexadecimal digits. */
function readBytes(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(value).slice(2), 'hex'));
}

export function customerRef(prefix: string): Field<CustomerRef | null> {
  const id = `${prefix}_id`;
  const chosenId = `${prefix}_chosen_id`;
  return {
    columns: [id, chosenId],
    read: (row) => (row[id] ? { id: row[id] as Uuid, chosenId: (row[chosenId] ?? null) as string | null } : null),
    write: (ref) => [ref?.id ?? null, ref?.chosenId ?? null],
  };
}

/** An object whose properties lie in columns of their own. */
export function composite<T extends object>(fields: Fields<T>): Field<T> {
  const entries = entriesOf(fields);
  return {
    columns: entries.flatMap(([, field]) => field.columns),
    read: (row) => readFields(entries, row) as T,
    write: (value) => writeFields(entries, value),
  };
}

/** A property and its field, for code that treats all properties of all objects alike. */
export type FieldEntry = readonly [property: string, field: Field<unknown>];

export function entriesOf<T extends object>(fields: Fields<T>): readonly FieldEntry[] {
  return Object.entries(fields) as unknown as readonly FieldEntry[];
}

export function readFields(entries: readonly FieldEntry[], row: Row): unknown {
  const object: Record<string, unknown> = {};
  for (const [property, field] of entries) object[property] = field.read(row);
  return object;
}

export function writeFields(entries: readonly FieldEntry[], object: object): readonly unknown[] {
  return entries.flatMap(([property, field]) => field.write(object[property as never]));
}
