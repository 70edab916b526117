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
  startServer,
} from '@onfile/server';
import { createOutput, type Output } from '../output.js';
import { type DevFile, writeDevFile } from './dev-file.js';
import { requireFreePorts } from './free-ports.js';
import { renderWelcome } from './render-welcome.js';
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.js';
import { ensureTestMerchant, type TestMerchant } from './test-merchant.js';

interface DevSystem {
  readonly server: RunningServer;
  readonly simulator: SimulatorProcess;
  readonly demo: Demo;
  readonly merchant: TestMerchant;
}

/** Starts everything on this machine and keeps it until Ctrl-C; answers the exit code. */
export async function dev({ json }: { readonly json: boolean }): Promise<number> {
  const config = readConfig(process.env, process.cwd());
  const output = createOutput({ json });
  const format = output.isForPeople ? 'pretty' : 'json';
  const log = createLog({ level: config.logLevel, format, writeLine: (line) => process.stderr.write(line) });

  await requireFreePorts(config);
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  const system = await startSystem(config, log, output);
  const content = describe(system);
  const path = await writeDevFile(config.dataDirectory, content);
  output.result(content, renderWelcome(content, path));
  return runUntilStopped({ stop: (reason) => stopSystem(system, reason), broken: whatBreaks(system), log });
}

async function startSystem(config: Config, log: Log, output: Output): Promise<DevSystem> {
  output.progress(
    'Starting the test processor and the database (the first time it is made, which takes some seconds) …',
  );
  const simulator = await startSimulatorProcess({
    host: config.host,
    port: config.ports.simulator,
    dataDirectory: join(config.dataDirectory, 'simulator'),
  });
  try {
    const server = await startServer({ ...config, role: 'all', simulatorUrl: simulator.url }, { log });
    try {
      const merchant = await ensureTestMerchant(server, config.dataDirectory);
      const demo = await startDemo({
        host: config.host,
        port: config.ports.demo,
        apiUrl: server.apiUrl ?? '',
        secretKey: merchant.secretKey,
      });
      return { server, simulator, demo, merchant };
    } catch (error) {
      await server.stop('start failed');
      throw error;
    }
  } catch (error) {
    await simulator.stop();
    throw error;
  }
}

/** The simulator last but for nothing: requests under way may still ask it. */
async function stopSystem({ demo, server, simulator }: DevSystem, reason: string): Promise<void> {
  await demo.close();
  await server.stop(reason);
  await simulator.stop();
}

function whatBreaks({ server, simulator }: DevSystem): Promise<string> {
  return Promise.race([server.broken, simulator.ended.then(() => 'the simulator ended')]);
}

function describe({ server, simulator, demo, merchant }: DevSystem): DevFile {
  return {
    apiUrl: server.apiUrl ?? '',
    vaultUrl: server.vaultUrl ?? '',
    dashboardUrl: null,
    simulatorUrl: simulator.url,
    demoUrl: demo.url,
    merchant: {
      id: merchant.id,
      secretKey: merchant.secretKey,
      publicKey: merchant.publicKey,
      toast: null,
      webhookToken: null,
    },
  };
}
