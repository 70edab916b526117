/** One statement that the server sent, with the values and PostgreSQL's types of its parameters. */
export interface RecordedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly types: readonly string[];
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** `:n` counts a client's transactions and begins where the run is told to; with the client's number it is the run's own. */
const NEXT_ROW = '\\set n :n + 1\n\\set row :n * 100 + :client_id\n';
/** From 100 clients on two could make the same id, and PostgreSQL takes 100 sessions, the server's included. */
export const CLIENTS_MAX = 64;

export interface PgbenchScript {
  readonly text: string;
  /** What its variables stand for; pgbench sends them as parameters, so that the plans are those of the server. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * A pgbench script that sends the statements again, one commit each. The ids that the recorded operation made are made anew for
 * each transaction, ascending in time as ours are; every other value is the recorded one. Scripts that run together need
 * a `prefix` of their own for their variables.
 */
export function renderScript(
  statements: readonly RecordedStatement[],
  { madeIds, prefix }: { readonly madeIds: ReadonlySet<string>; readonly prefix: string },
): PgbenchScript {
  const numbers = new Map([...madeIds].map((id, index) => [id, index]));
  const variables: Record<string, string> = {};
  /** One variable for equal values. */
  const names = new Map<string, string>();
  const nameOf = (value: string) => {
    const name = names.get(value) ?? `${prefix}${names.size}`;
    names.set(value, name);
    variables[name] = value;
    return `:${name}`;
  };
  const rendered = statements.map((statement) => `${renderStatement(statement, { numbers, nameOf })};\n`);
  return { text: [...(numbers.size === 0 ? [] : [NEXT_ROW]), ...rendered].join(''), variables };
}

interface Rendering {
  /** Of the ids that are made anew. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly nameOf: (value: string) => string;
}

/** The ids that `values` hold and `others`, those of the same operation done once more, do not: it made them itself. */
export function idsMade(values: readonly unknown[], others: readonly unknown[]): ReadonlySet<string> {
  const known = new Set(idsIn(others));
  return new Set(idsIn(values).filter((id) => !known.has(id)));
}

function idsIn(values: readonly unknown[]): readonly string[] {
  return values.flatMap((value) => renderText(value)?.match(UUID) ?? []);
}

function renderStatement({ text, values, types }: RecordedStatement, rendering: Rendering): string {
  return text.trim().replaceAll(/\$(\d+)/g, (_, position: string) => {
    const index = Number(position) - 1;
    const type = types[index];
    if (type === undefined || index >= values.length) throw new Error(`Nothing is known of parameter $${position}`);
    return `(${renderValue(values[index], rendering)})::${type}`;
  });
}

function renderValue(value: unknown, { numbers, nameOf }: Rendering): string {
  const text = renderText(value);
  if (text === null) return 'NULL';
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: id, index } of text.matchAll(UUID)) {
    const number = numbers.get(id);
    if (number === undefined) continue;
    if (index > end) pieces.push(`${nameOf(text.slice(end, index))}::text`);
    pieces.push(renderId(number));
    end = index + id.length;
  }
  if (pieces.length === 0) return nameOf(text);
  if (end < text.length) pieces.push(`${nameOf(text.slice(end))}::text`);
  return pieces.join(' || ');
}

/** Shaped as a UUID of version 7: what grows with time is in front. */
function renderId(number: number): string {
  const last = number.toString(16).padStart(12, '0');
  return `(lpad(to_hex(:row::bigint), 12, '0') || '70008000${last}')::uuid::text`;
}

/** A value as PostgreSQL reads it. */
function renderText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `{${value.map(renderElement).join(',')}}`;
  throw new Error(`A statement's value is a ${typeof value}, which pgbench's scripts have no text for`);
}

function renderElement(value: unknown): string {
  const text = renderText(value);
  return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
