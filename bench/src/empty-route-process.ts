import type { AddressInfo, Socket } from 'node:net';
import type { Scope, Uuid } from '@onfile/core';
import { createPostgresStorage, type EmbeddedPostgres, type PostgresStorage } from '@onfile/storage';
import Fastify from 'fastify';
import pg from 'pg';
import { freshValues } from './fresh-values.js';
import type { Sent } from './record.js';
import { schemaOf } from './schema-of.js';
import type { OneRequest } from './workloads.js';

/**
 * The ceilings of HTTP: routes that do nothing but serialize one given answer, by a schema of its shape; and the same routes once more,
 * which before that ask PostgreSQL what the workload asks it: reads as Onfile's own storage loads, several at once by one
 * statement; creates and lists by the workload's one statement, as fast as `pg` can.
 */

export interface EmptyRoutes {
  readonly connection: EmbeddedPostgres['connection'];
  readonly routes: Readonly<Record<OneRequest, RouteWork>>;
}

export interface RouteWork {
  readonly answer: object;
  /** One for each recorded operation; only reads send more than the first. */
  readonly statements: readonly Sent[];
  /** The ids in the first that are made anew each time. */
  readonly madeIds: readonly string[];
}

/** As many as Onfile has. */
const CONNECTIONS = 6;

process.once('message', async ({ connection, routes }: EmptyRoutes) => {
  const send = await openConnections({ ...connection, ssl: false });
  const storage = createPostgresStorage({ connection, log: () => {} });
  process.send?.({
    url: await listen(routes, () => async () => undefined),
    sqlUrl: await listen(routes, (work, name) =>
      name === 'read' ? loading(work, storage) : sending(work, name, send),
    ),
  });
});
process.once('disconnect', () => process.exit(0));

type Send = (statement: pg.QueryConfig) => Promise<void>;

const ADDRESSES = [
  ['create', 'POST', '/v2/setup_flows'],
  ['read', 'GET', '/v2/setup_flows/:id'],
  ['list', 'GET', '/v2/setup_flows'],
] as const;

async function listen(
  routes: EmptyRoutes['routes'],
  before: (work: RouteWork, name: OneRequest) => () => Promise<void>,
): Promise<string> {
  const app = Fastify({ logger: false });
  for (const [name, method, url] of ADDRESSES) {
    const { answer } = routes[name];
    const work = before(routes[name], name);
    const handler = async () => {
      await work();
      return answer;
    };
    app.route({ method, url, handler, schema: { response: { 200: schemaOf(answer) } } });
  }
  await app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

function sending({ statements, madeIds }: RouteWork, name: string, send: Send): () => Promise<void> {
  const [{ text, values }] = statements as readonly [Sent];
  const fill = freshValues(values, madeIds);
  return () => send({ name, text, values: fill() });
}

/** What the recorded reads loaded, in turn. */
function loading({ statements }: RouteWork, storage: PostgresStorage): () => Promise<void> {
  const asked = statements.map(({ values: [merchantId, , ids] }) => {
    const scope: Scope = { merchantId: merchantId as Uuid, mode: 'test' };
    return { scope, id: (ids as readonly Uuid[])[0] as Uuid };
  });
  let turn = 0;
  return async () => {
    const { scope, id } = asked[turn % asked.length] as (typeof asked)[0];
    turn += 1;
    if (!(await storage.loadSetupIntent(scope, id))) throw new Error('What the recorded read found is not there');
  };
}

/** Prepared by name, planned once and in turn over connections that pipeline, as Onfile sends its own. */
async function openConnections(connection: pg.ClientConfig): Promise<Send> {
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ ...connection, pipeline: true }));
  for (const client of clients) {
    await client.connect();
    await client.query('SET plan_cache_mode = force_generic_plan; SET jit = off');
  }
  let sent = 0;
  return async (statement) => {
    sent += 1;
    const client = clients[sent % CONNECTIONS] as pg.Client;
    writeOnce(client);
    const { rows } = await client.query(statement);
    if (rows.length === 0) throw new Error(`The statement of ${statement.name} answered nothing`);
  };
}

/** As Onfile sends: what is asked for in one go leaves in one write, through the socket that `pg` keeps and its types do not name. */
function writeOnce(client: pg.Client): void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
