import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Demo, startDemo } from '@onfile/demo';
import {
  type Config,
  createLog,
  type Log,
  type RunningServer,
  readConfig,
  runUntilStopped,
  type StartedParts,
  startInOrder,
  startServer,
} from '@onfile/server';
import { createOutput } from '../output.js';
import { type DevFile, writeDevFile } from './dev-file.js';
import { requireFreePorts } from './free-ports.js';
import { ensureOperatorKey } from './operator-key.js';
import { renderWelcome } from './render-welcome.js';
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.js';
import { ensureTestMerchant, type TestMerchant } from './test-merchant.js';

interface DevSystem {
  readonly server: RunningServer;
  readonly simulator: SimulatorProcess;
  readonly demo: Demo;
  readonly merchant: TestMerchant;
  readonly operatorKey: string;
  stop(reason: string): Promise<void>;
}

/** Starts everything on this machine and keeps it until Ctrl-C; answers the exit code. */
export async function dev({ json }: { readonly json: boolean }): Promise<number> {
  const config = readConfig(process.env, process.cwd());
  const output = createOutput({ json });
  const format = output.isForPeople ? 'pretty' : 'json';
  const log = createLog({ level: config.logLevel, format, writeLine: (line) => process.stderr.write(line) });

  await requireFreePorts(config);
  // Others may pass through it and not look into it: the database's own user, when we are root, gets to its data so.
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o711 });
  output.progress('Starting the test processor and the database. The first time that takes some seconds.');
  const system = await startInOrder((parts) => startSystem(config, log, parts));
  const content = describe(system);
  const path = await writeDevFile(config.dataDirectory, content);
  output.result(content, renderWelcome(content, path));
  return runUntilStopped({ stop: system.stop, broken: whatBreaks(system), log });
}

/** What is started first is stopped last: requests under way may still ask the simulator. */
async function startSystem(config: Config, log: Log, parts: StartedParts): Promise<DevSystem> {
  const { host, ports, dataDirectory } = config;
  const simulator = await startSimulatorProcess({
    host,
    port: ports.simulator,
    dataDirectory: join(dataDirectory, 'simulator'),
  });
  parts.add(() => simulator.stop());
  const server = await startServer({ ...config, role: 'all', simulatorUrl: simulator.url }, { log });
  parts.add(() => server.stop('start failed'));
  const merchant = await ensureTestMerchant(server, dataDirectory);
  const operatorKey = await ensureOperatorKey(server, dataDirectory);
  const { apiUrl, vaultUrl } = server;
  const { secretKey, publicKey, toast } = merchant;
  const demo = await startDemo({ host, port: ports.demo, apiUrl, vaultUrl, secretKey, publicKey, toast });
  parts.add(() => demo.close());

  const stop = async (reason: string) => {
    await demo.close();
    await server.stop(reason);
    await parts.stopAll();
  };
  return { server, simulator, demo, merchant, operatorKey, stop };
}

function whatBreaks({ server, simulator }: DevSystem): Promise<string> {
  return Promise.race([server.broken, simulator.ended.then(() => 'the simulator ended')]);
}

function describe({ server, simulator, demo, merchant, operatorKey }: DevSystem): DevFile {
  return {
    apiUrl: server.apiUrl,
    vaultUrl: server.vaultUrl,
    dashboardUrl: null,
    simulatorUrl: simulator.url,
    demoUrl: demo.url,
    operatorKey,
    merchant: {
      id: merchant.id,
      secretKey: merchant.secretKey,
      publicKey: merchant.publicKey,
      toast: merchant.toast,
      webhookToken: server.webhooks.tokenOf({ merchantId: merchant.id, mode: 'test' }, 'payjp'),
    },
  };
}
