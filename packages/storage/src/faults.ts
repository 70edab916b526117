import { StorageFault } from '@onfile/core';

/** `code` of a fault that is no answer of PostgreSQL: no connection, or none any more. */
export const CONNECTION = 'connection';

/**
 * What may be known of a failed statement. PostgreSQL's own message, detail and context can quote values, and so can the
 * error as a cause; none of them comes along.
 */
export function toStorageFault(error: unknown): StorageFault {
  if (error instanceof StorageFault) return error;

  const code = sqlStateOf(error);
  return code === null
    ? new StorageFault(`The connection to PostgreSQL failed (${systemCodeOf(error)})`, { code: CONNECTION })
    : new StorageFault(`PostgreSQL answered with SQLSTATE ${code}${constraintOf(error)}`, { code });
}

export function sqlStateOf(error: unknown): string | null {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' ? code : null;
}

/**
 * The unique key that a statement ran into, or `null` for any other failure. A distributed database may tell it in its message
 * alone, and with the number of a shard behind it.
 */
export function violatedKeyOf(error: unknown): string | null {
  if (sqlStateOf(error) !== '23505') return null;
  const { constraint, message } = error as { readonly constraint?: unknown; readonly message?: unknown };
  const told = typeof constraint === 'string' ? constraint : /[a-z]\w+_\w+/.exec(String(message))?.[0];
  return (told ?? '').replace(/_\d+$/, '');
}

/** A statement asked for something that is not so, and divided by zero. */
export function isUnmet(error: unknown): boolean {
  return sqlStateOf(error) === '22012';
}

/** Two commits met and PostgreSQL gave up this one whole: serialization failure, deadlock. */
export function isWorthRetrying(error: unknown): boolean {
  const code = sqlStateOf(error);
  return code === '40001' || code === '40P01';
}

/** Nobody can tell from this error alone whether the statement took effect. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof StorageFault) return error.code === CONNECTION;
  const code = sqlStateOf(error);
  return code === null || code.startsWith('08') || code.startsWith('57P');
}

/** The connection is of no use any more. */
export function isConnectionEnded(error: unknown): boolean {
  return isConnectionLost(error) || sqlStateOf(error) === TRANSACTION_TIMEOUT;
}

/** With it the server ends the connection, but tells before that nothing took effect. */
const TRANSACTION_TIMEOUT = '25P04';

function systemCodeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'closed';
}

function constraintOf(error: unknown): string {
  const { constraint } = error as { constraint?: unknown };
  return typeof constraint === 'string' ? ` on ${constraint}` : '';
}
