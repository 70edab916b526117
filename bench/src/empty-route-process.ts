import type { AddressInfo, Socket } from 'node:net';
import Fastify from 'fastify';
import pg from 'pg';
import type { Sent } from './record.js';
import { schemaOf } from './schema-of.js';

/**
 * The ceilings of HTTP: routes that do nothing but serialize one given answer, by a schema of its shape; and the same routes once more,
 * which before that send the workload's one statement and wait for its rows, as fast as `pg` can.
 */

export interface EmptyRoutes {
  readonly connection: pg.ClientConfig;
  readonly reads: Readonly<Record<'read' | 'list', { readonly answer: object; readonly statement: Sent }>>;
}

/** As many as Onfile has. */
const CONNECTIONS = 6;

process.once('message', async ({ connection, reads }: EmptyRoutes) => {
  const send = await openConnections(connection);
  process.send?.({
    url: await listen(reads, async () => undefined),
    statementUrl: await listen(reads, send),
  });
});
process.once('disconnect', () => process.exit(0));

type Before = (name: string, statement: Sent) => Promise<unknown>;

async function listen({ read, list }: EmptyRoutes['reads'], before: Before): Promise<string> {
  const app = Fastify({ logger: false });
  const options = ({ answer }: { readonly answer: object }) => ({ schema: { response: { 200: schemaOf(answer) } } });
  app.get('/v2/setup_flows/:id', options(read), async () => {
    await before('read', read.statement);
    return read.answer;
  });
  app.get('/v2/setup_flows', options(list), async () => {
    await before('list', list.statement);
    return list.answer;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

/** Prepared by name, planned once and in turn over connections that pipeline, as Onfile sends its own. */
async function openConnections(connection: pg.ClientConfig): Promise<Before> {
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ ...connection, pipeline: true }));
  for (const client of clients) {
    await client.connect();
    await client.query('SET plan_cache_mode = force_generic_plan; SET jit = off');
  }
  let sent = 0;
  return async (name, { text, values }) => {
    sent += 1;
    const client = clients[sent % CONNECTIONS] as pg.Client;
    writeOnce(client);
    const { rows } = await client.query({ name, text, values: [...values] });
    if (rows.length === 0) throw new Error(`The statement of ${name} found nothing`);
  };
}

/** What is sent in one turn of the event loop leaves in one write, through the socket that `pg` keeps and its types do not name. */
function writeOnce(client: pg.Client): void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}
