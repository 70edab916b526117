import { readConfig } from './config.js';
import { runServer } from './run-server.js';

/** The server alone, for process supervisors: everything is set by the environment, and logs are JSON lines. */
process.exitCode = await runServer(readConfig(process.env, process.cwd()));
