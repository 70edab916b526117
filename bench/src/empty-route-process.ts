import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { schemaOf } from './schema-of.js';

/** The HTTP ceiling: routes that do nothing but serialize one given answer, by a schema of its shape. */

process.once('message', async ({ answers }: { answers: Readonly<Record<'read' | 'list', object>> }) => {
  const app = Fastify({ logger: false });
  app.get('/v2/setup_flows/:id', { schema: { response: { 200: schemaOf(answers.read) } } }, async () => answers.read);
  app.get('/v2/setup_flows', { schema: { response: { 200: schemaOf(answers.list) } } }, async () => answers.list);
  await app.listen({ host: '127.0.0.1', port: 0 });
  process.send?.({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` });
});
process.once('disconnect', () => process.exit(0));
