import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { clockFinding } from './clock.js';
import { type Finding, ok, problem, skipped, warning } from './finding.js';

const CONNECT_TIMEOUT_MS = 5_000;
const OLDEST_VERSION = 15;

/** Whether the database can be reached, is new enough, and has our time. */
export async function checkDatabase(settings: {
  readonly databaseUrl: string | null;
  readonly dataDirectory: string;
}): Promise<readonly Finding[]> {
  const address = await findAddress(settings);
  if (address === null) {
    const advice = 'Start it with `onfile dev`, or set DATABASE_URL as the server has it';
    return [skipped('database', 'No database runs here', advice)];
  }
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...address, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks off is reported by the question that it breaks.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const askedAt = Date.now();
    const { rows } = await client.query<DatabaseFacts>(FACTS);
    const [facts] = rows;
    if (facts === undefined) throw new Error('no answer');
    const isOurs = settings.databaseUrl === null;
    return [
      ...checkFacts(facts, { isOurs }),
      clockFinding('the database', { theirs: facts.now.getTime(), askedAt, answeredAt: Date.now(), unitMs: 1 }),
    ];
  } catch (error) {
    const reason = (error as { code?: string }).code ?? (error as Error).message;
    return [
      problem(
        'database',
        `The database cannot be reached (${reason})`,
        'Check DATABASE_URL, the network and the login',
      ),
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface DatabaseFacts {
  readonly now: Date;
  readonly version: number;
  readonly is_super: boolean;
  readonly is_encrypted: boolean | null;
  readonly is_remote: boolean;
  readonly is_replica: boolean;
}

const FACTS = `
SELECT clock_timestamp() AS now,
  current_setting('server_version_num')::int / 10000 AS version,
  current_setting('is_superuser') = 'on' AS is_super,
  (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS is_encrypted,
  coalesce(host(inet_server_addr()), '127.0.0.1') NOT IN ('127.0.0.1', '::1') AS is_remote,
  pg_is_in_recovery() AS is_replica`;

function checkFacts(facts: DatabaseFacts, { isOurs }: { isOurs: boolean }): readonly Finding[] {
  const found: Finding[] = [];
  const { version } = facts;
  if (version < OLDEST_VERSION) {
    found.push(problem('database', `PostgreSQL is version ${version}`, `Use ${OLDEST_VERSION} or later`));
  }
  if (facts.is_replica)
    found.push(problem('database', 'It only reads: it is a replica', 'Name the primary in DATABASE_URL'));
  if (facts.is_remote && facts.is_encrypted === false) {
    found.push(warning('database', 'The way to it is not encrypted', 'Add ?sslmode=verify-full to DATABASE_URL'));
  }
  if (facts.is_super && !isOurs) {
    found.push(warning('database', 'The login is a superuser', 'Use a role that owns only the tables of Onfile'));
  }
  return found.length > 0 ? found : [ok('database', `PostgreSQL ${version} answers`)];
}

async function findAddress(settings: {
  readonly databaseUrl: string | null;
  readonly dataDirectory: string;
}): Promise<ClientConfig | null> {
  if (settings.databaseUrl !== null) return { connectionString: settings.databaseUrl };
  try {
    const written = JSON.parse(await readFile(join(settings.dataDirectory, 'database.json'), 'utf8'));
    return (written as { connection: ClientConfig }).connection;
  } catch {
    return null;
  }
}
