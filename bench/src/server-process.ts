import cluster from 'node:cluster';
import { Session } from 'node:inspector/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createLog, readConfig, runServer, startServer } from '@onfile/server';

/** Onfile as it runs in production, all roles; tells its parent where it is, and ends with it. */

/** From one to the other this process is profiled; the end is answered with the profile. */
export type ProfileOrder = { readonly profile: 'begin' } | { readonly profile: 'end' };

const SAMPLING_INTERVAL_US = 250;
const LISTENS_WITHIN_MS = 30_000;
const LOOKED_AGAIN_AFTER_MS = 50;

const config = readConfig(process.env, process.cwd());
if (cluster.isWorker) process.exit(await runServer(config));
else if (config.workers > 1) await runWorkers();
else await runAlone();

/** Their port is given, for nobody but the workers themselves learns which one they have. */
async function runWorkers(): Promise<void> {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  runServer(config).then(
    (code) => process.exit(code),
    () => process.exit(1),
  );
  const origin = (port: number) => `http://127.0.0.1:${port}`;
  await untilAnswered(origin(config.ports.api), performance.now() + LISTENS_WITHIN_MS);
  process.send?.({ apiUrl: origin(config.ports.api), vaultUrl: origin(config.ports.vault) });
}

async function untilAnswered(apiUrl: string, givenUpAt: number): Promise<void> {
  while (performance.now() < givenUpAt) {
    const response = await fetch(`${apiUrl}/healthz`).catch(() => null);
    if (response?.ok) return;
    await delay(LOOKED_AGAIN_AFTER_MS);
  }
  throw new Error('No worker listens');
}

async function runAlone(): Promise<void> {
  const log = createLog({ level: config.logLevel, format: 'json', writeLine: (line) => process.stderr.write(line) });
  const server = await startServer(config, { log });
  const inspector = new Session();
  process.on('message', ({ profile }: ProfileOrder) => {
    const done = profile === 'begin' ? beginProfile(inspector) : endProfile(inspector);
    done.then(
      (answer) => process.send?.(answer),
      (error: Error) => process.send?.({ fault: error.message }),
    );
  });
  process.once('disconnect', () => {
    server.stop('the bench has ended').finally(() => process.exit());
  });
  process.send?.({ apiUrl: server.apiUrl, vaultUrl: server.vaultUrl });
}

async function beginProfile(inspector: Session): Promise<object> {
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await inspector.post('Profiler.start');
  return {};
}

async function endProfile(inspector: Session): Promise<object> {
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  return { profile };
}
