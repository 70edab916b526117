import pg from 'pg';
import type { BenchDatabase } from './bench-database.js';
import { idsMade, type PgbenchScript, type RecordedStatement, renderScript } from './pgbench-script.js';
import { type Client, WORKLOADS, type Workload } from './workloads.js';

/** What one operation of a workload asks of the database. */
export interface Recording {
  /** pgbench draws one of them for each transaction: they differ in what they read. */
  readonly scripts: readonly PgbenchScript[];
  /** Statements of one operation, each a round trip. */
  readonly roundTrips: number;
  /** Events that one operation leaves behind: by their number it is seen that pgbench does the same. */
  readonly events: number;
  /** What each of the recorded operations sent to PostgreSQL. */
  readonly sent: readonly (readonly Sent[])[];
  /** The ids in what the first one sent that it made itself. */
  readonly madeIds: ReadonlySet<string>;
  /** The last answer over HTTP. */
  readonly answer: object;
}

export type Sent = Pick<RecordedStatement, 'text' | 'values'>;

/** Each reads something else, so that pgbench does not read one row only. */
const RECORDINGS_OF_READS = 16;

/**
 * Lets a server that runs in this process do each operation, and writes down what it sends to PostgreSQL: nothing is rebuilt, so
 * the yardstick has the very SQL of this release. Statements that do not name the merchant are jobs', and left out.
 */
export async function recordWorkloads(
  client: Client,
  { database, merchantId }: { readonly database: BenchDatabase; readonly merchantId: string },
): Promise<Readonly<Record<Workload, Recording>>> {
  // Keys and the merchant's data key are cached from then on, as they are in a server under load.
  await client.operations.lifecycle(0);
  const recorded: [Workload, Recording][] = [];
  for (const workload of WORKLOADS) {
    const operation = client.operations[workload];
    const takes: Take[] = [];
    const eventsBefore = await database.countEvents(merchantId);
    const count = workload === 'read' ? RECORDINGS_OF_READS : 2;
    for (let turn = 0; turn < count; turn += 1) takes.push(await recordOne(() => operation(turn), merchantId));
    const events = ((await database.countEvents(merchantId)) - eventsBefore) / count;
    recorded.push([workload, await recordingOf(workload, { takes, events, database })]);
  }
  return Object.fromEntries(recorded) as Record<Workload, Recording>;
}

interface Take {
  readonly statements: readonly Sent[];
  readonly answer: object;
}

async function recordOne(operation: () => Promise<string>, merchantId: string): Promise<Take> {
  const statements: Sent[] = [];
  const send = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...sent: unknown[]) {
    const [query] = sent as [Partial<Sent>];
    const { text, values } = query;
    if (text !== undefined && values?.includes(merchantId)) statements.push({ text, values });
    return Reflect.apply(send, this, sent);
  } as typeof send;
  try {
    const answer = JSON.parse(await operation()) as object;
    return { statements, answer };
  } finally {
    pg.Client.prototype.query = send;
  }
}

async function recordingOf(
  workload: Workload,
  { takes, events, database }: { takes: readonly Take[]; events: number; database: BenchDatabase },
): Promise<Recording> {
  const [first, second] = takes;
  if (first === undefined || second === undefined) throw new Error('Two recordings tell what is new in each');
  const textsOf = ({ statements }: Take) => statements.map(({ text }) => text).join(';');
  if (textsOf(first) !== textsOf(second)) throw new Error(`Two operations of ${workload} sent different statements`);

  const isWriting = events > 0;
  const madeIds = isWriting ? idsMade(valuesOf(first), valuesOf(second)) : new Set<string>();
  const scripts: PgbenchScript[] = [];
  for (const take of isWriting ? [first] : takes) {
    const statements: RecordedStatement[] = [];
    for (const sent of take.statements) statements.push({ ...sent, types: await database.parameterTypes(sent.text) });
    scripts.push(renderScript(statements, { madeIds, prefix: `v${scripts.length}_` }));
  }
  const sent = takes.map(({ statements }) => statements);
  return { scripts, roundTrips: first.statements.length, events, sent, madeIds, answer: first.answer };
}

function valuesOf({ statements }: Take): readonly unknown[] {
  return statements.flatMap(({ values }) => values);
}
