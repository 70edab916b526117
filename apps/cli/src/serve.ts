import { createLog, readConfig, runUntilStopped, startServer } from '@onfile/server';
import { CommandFault, EXIT_CODES } from './output.js';

/** Runs the server until a signal ends it; answers the exit code. */
export async function serve({ role }: { readonly role?: string }): Promise<number> {
  if (role === 'dashboard') {
    throw new CommandFault('This release has no dashboard yet: run --role api, vault or worker', EXIT_CODES.refused);
  }
  const environment = role === undefined ? process.env : { ...process.env, ONFILE_ROLE: role };
  const config = readConfig(environment, process.cwd());
  const log = createLog({ level: config.logLevel, format: 'json', writeLine: (line) => process.stdout.write(line) });
  const server = await startServer(config, { log }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new CommandFault('A port is in use by another program: set ONFILE_PORT', EXIT_CODES.taken);
  });
  return runUntilStopped({ stop: (reason) => server.stop(reason), broken: server.broken, log });
}
