import { Session } from 'node:inspector/promises';
import { createLog, readConfig, startServer } from '@onfile/server';

/** Onfile as it runs in production, all roles in one process; tells its parent where it is, and ends with it. */

/** From one to the other this process is profiled; the end is answered with the profile. */
export type ProfileOrder = { readonly profile: 'begin' } | { readonly profile: 'end' };

const SAMPLING_INTERVAL_US = 250;

const config = readConfig(process.env, process.cwd());
const log = createLog({ level: config.logLevel, format: 'json', writeLine: (line) => process.stderr.write(line) });
const server = await startServer(config, { log });
const inspector = new Session();
process.on('message', ({ profile }: ProfileOrder) => {
  const done = profile === 'begin' ? beginProfile() : endProfile();
  done.then(
    (answer) => process.send?.(answer),
    (error: Error) => process.send?.({ fault: error.message }),
  );
});
process.once('disconnect', () => {
  server.stop('the bench has ended').finally(() => process.exit());
});
process.send?.({ apiUrl: server.apiUrl, vaultUrl: server.vaultUrl });

async function beginProfile(): Promise<object> {
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await inspector.post('Profiler.start');
  return {};
}

async function endProfile(): Promise<object> {
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  return { profile };
}
