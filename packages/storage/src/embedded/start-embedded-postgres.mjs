// Started by tests as a process of its own: node start-embedded-postgres.mjs <embedded-postgres.js> <options as JSON>.
// Prints every event as a line of JSON, then `holding` or `refused`. Ends in order on SIGTERM, by itself.
import { pathToFileURL } from 'node:url';

const [modulePath, options] = process.argv.slice(2);
const { startEmbeddedPostgres } = await import(pathToFileURL(modulePath).href);
const print = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

try {
  const server = await startEmbeddedPostgres({ ...JSON.parse(options), log: print });
  const { connection, dataDir, pid } = server;
  process.once('SIGTERM', () => server.stop());
  print({ event: 'holding', connection, dataDir, pid });
} catch (fault) {
  print({ event: 'refused', code: fault.code, message: fault.message });
  process.exitCode = 1;
}
