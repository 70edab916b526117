import type { AddressInfo, Socket } from 'node:net';
import Fastify from 'fastify';
import pg from 'pg';
import { freshValues } from './fresh-values.js';
import type { Sent } from './record.js';
import { schemaOf } from './schema-of.js';
import type { OneRequest } from './workloads.js';

/**
 * The ceilings of HTTP: routes that do nothing but serialize one given answer, by a schema of its shape; and the same routes once more,
 * which before that send the workload's one statement and wait for its rows, as fast as `pg` can.
 */

export interface EmptyRoutes {
  readonly connection: pg.ClientConfig;
  readonly routes: Readonly<Record<OneRequest, RouteWork>>;
}

export interface RouteWork {
  readonly answer: object;
  readonly statement: Sent;
  /** The ids in the statement that are made anew each time. */
  readonly madeIds: readonly string[];
}

/** As many as Onfile has. */
const CONNECTIONS = 6;

process.once('message', async ({ connection, routes }: EmptyRoutes) => {
  const send = await openConnections(connection);
  process.send?.({
    url: await listen(routes, () => async () => undefined),
    statementUrl: await listen(routes, ({ statement: { text, values }, madeIds }, name) => {
      const fill = freshValues(values, madeIds);
      return () => send({ name, text, values: fill() });
    }),
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
