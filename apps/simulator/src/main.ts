import { parseArgs } from 'node:util';
import { type SimulatorOptions, startSimulator } from './simulator.js';

const USAGE = `Usage: node main.js --data DIR [--port N] [--host ADDRESS] [--public-url URL] [--exit-with-parent]

  --data DIR           where the ledger is kept
  --port N             0, the default, takes any free port
  --host ADDRESS       127.0.0.1 by default
  --public-url URL     where browsers reach it, when that is another address
  --exit-with-parent   stops when standard input closes, so that it does not outlive whoever started it`;

await main();

async function main(): Promise<void> {
  const { options, exitWithParent } = readArguments();
  // Watched from the first moment: a parent that dies while we start must be noticed too.
  const ending = nextEnd(exitWithParent);
  const simulator = await startSimulator(options).catch((error: Error) => fail(error.message));
  process.stdout.write(`${JSON.stringify({ url: simulator.url })}\n`);
  await ending;
  await simulator.close();
  process.exit(0);
}

function readArguments(): { options: SimulatorOptions; exitWithParent: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string' },
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        'public-url': { type: 'string' },
        'exit-with-parent': { type: 'boolean', default: false },
      },
    });
    if (values.data === undefined) throw new Error('--data is missing');
    const publicUrl = values['public-url'];
    if (publicUrl !== undefined && !URL.canParse(publicUrl)) throw new Error('--public-url: expected an address');
    return {
      options: {
        dataDir: values.data,
        port: parsePort(values.port),
        host: values.host,
        ...(publicUrl === undefined ? {} : { publicUrl }),
      },
      exitWithParent: values['exit-with-parent'],
    };
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new Error('--port: expected a number from 0 to 65535');
  return port;
}

function nextEnd(exitWithParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    // The reader of our one line may be gone; that alone is no reason to stop.
    process.stdout.on('error', () => undefined);
    if (!exitWithParent) return;
    process.stdin.once('end', resolve).once('error', resolve).once('close', resolve);
    process.stdin.resume();
  });
}

function fail(message: string): never {
  process.stderr.write(`simulator: ${message}\n`);
  process.exit(1);
}
