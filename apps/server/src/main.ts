import { readConfig } from './config.js';
import { runUntilStopped } from './lifecycle.js';
import { createLog } from './log.js';
import { startServer } from './server.js';

/** The server alone, for process supervisors: everything is set by the environment, and logs are JSON lines. */
const config = readConfig(process.env, process.cwd());
const log = createLog({ level: config.logLevel, format: 'json', writeLine: (line) => process.stdout.write(line) });
const server = await startServer(config, { log });
process.exitCode = await runUntilStopped({ stop: (reason) => server.stop(reason), broken: server.broken, log });
