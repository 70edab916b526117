import { createLog, readConfig, startServer } from '@onfile/server';

/** Onfile as it runs in production, all roles in one process; tells its parent where it is, and ends with it. */

const config = readConfig(process.env, process.cwd());
const log = createLog({ level: config.logLevel, format: 'json', writeLine: (line) => process.stderr.write(line) });
const server = await startServer(config, { log });
process.once('disconnect', () => {
  server.stop('the bench has ended').finally(() => process.exit());
});
process.send?.({ apiUrl: server.apiUrl, vaultUrl: server.vaultUrl });
