import { readConfig, runServer } from '@onfile/server';
import { CommandFault, EXIT_CODES } from './output.js';

/** Runs the server until a signal ends it; answers the exit code. */
export async function serve({ role, workers }: { readonly role?: string; readonly workers?: string }): Promise<number> {
  if (role === 'dashboard') {
    throw new CommandFault('This release has no dashboard yet: run --role api, vault or worker', EXIT_CODES.refused);
  }
  const environment = {
    ...process.env,
    ...(role !== undefined && { ONFILE_ROLE: role }),
    ...(workers !== undefined && { ONFILE_WORKERS: workers }),
  };
  return runServer(readConfig(environment, process.cwd())).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new CommandFault('A port is in use by another program: set ONFILE_PORT', EXIT_CODES.taken);
  });
}
