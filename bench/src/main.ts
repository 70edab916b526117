import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchSettings, runBench } from './bench.js';
import { CLIENTS_MAX } from './pgbench-script.js';
import { renderTable } from './render-table.js';
import { benchTyping } from './typing.js';
import { benchWebhooks, renderWebhooks, type WebhooksSettings } from './webhooks.js';
import { WORKLOADS, type Workload } from './workloads.js';

const USAGE = `Usage: npm run bench -- [--seconds N] [--rounds N] [--connections N] [--only A,B] [--profile DIR]
                        [--json]
       npm run bench -- typing
       npm run bench -- webhooks [--seconds N] [--rate N] [--rounds N] [--json]

Measures Onfile on this machine, and in turn with it what the same work costs without Onfile: pgbench with the same SQL on
the same server, and an HTTP route that does nothing. Figures are medians over all rounds.

  --seconds N       how long each measured run is, 1 to 60; 3 by default
  --rounds N        how often everything is measured, 1 to 50; 5 by default, fewer only to try it out
  --connections N   requests under way at any time, 1 to ${CLIENTS_MAX}; 16 by default
  --only A,B        these workloads only, of create, read, list and lifecycle
  --profile DIR     writes the server's CPU profile there, for a browser's developer tools; the figures are lower then
  --json            one line of JSON instead of the table
  --help            this text

typing: how long it takes from a key in the card form to the next frame, in Chromium on a processor slowed down 4 times.

webhooks: deliveries a second, and from an event's commit to its POST, at 20 endpoints of which 0, 5 and 10 fail.

  --seconds N       how long events are made at an even pace, 1 to 60; 10 by default
  --rate N          events in each of those seconds, 1 to 1000; 5 by default, each for all 20 endpoints
  --rounds N        how often everything is measured; 3 by default

What the columns mean: bench/README.md`;

if (process.argv[2] === 'typing') await typing();
else if (process.argv[2] === 'webhooks') await webhooks();
else await main();

async function typing(): Promise<void> {
  try {
    process.stdout.write(`${JSON.stringify(await benchTyping())}\n`);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

async function webhooks(): Promise<void> {
  const { json, ...settings } = readWebhooksArguments();
  const [loadBefore] = loadavg();
  try {
    const figures = await benchWebhooks({ ...settings, signal: untilInterrupted(), progress: tell });
    const machine = { node: process.version, cpus: cpus().length, loadBefore, ...settings };
    if (json) process.stdout.write(`${JSON.stringify({ webhooks: figures, machine })}\n`);
    else process.stdout.write(`${renderWebhooks(figures)}\n\n${JSON.stringify(machine)}\n`);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

function untilInterrupted(): AbortSignal {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new Error('Interrupted')));
  process.once('SIGTERM', () => interrupt.abort(new Error('Interrupted')));
  return interrupt.signal;
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

async function main(): Promise<void> {
  const options = readArguments();
  try {
    const { workloads, postgres } = await runBench({ ...options, signal: untilInterrupted(), progress: tell });
    const { seconds, rounds, connections } = options;
    const machine = { node: process.version, postgres, cpus: cpus().length, seconds, rounds, connections };
    if (options.json) process.stdout.write(`${JSON.stringify({ workloads, machine })}\n`);
    else process.stdout.write(`${renderTable(workloads)}\n\n${JSON.stringify(machine)}\n`);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

function readArguments(): Pick<BenchSettings, 'seconds' | 'rounds' | 'connections' | 'only' | 'profileDirectory'> & {
  readonly json: boolean;
} {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '3' },
        rounds: { type: 'string', default: '5' },
        connections: { type: 'string', default: '16' },
        only: { type: 'string' },
        profile: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    return {
      seconds: wholeNumber('seconds', values.seconds, 60),
      rounds: wholeNumber('rounds', values.rounds, 50),
      connections: wholeNumber('connections', values.connections, CLIENTS_MAX),
      only: values.only === undefined ? WORKLOADS : values.only.split(',').map(workload),
      profileDirectory: values.profile === undefined ? null : resolve(values.profile),
      json: values.json,
    };
  } catch (error) {
    return misused(error as Error);
  }
}

function readWebhooksArguments(): Pick<WebhooksSettings, 'seconds' | 'rate' | 'rounds'> & { readonly json: boolean } {
  try {
    const { values } = parseArgs({
      args: process.argv.slice(3),
      options: {
        seconds: { type: 'string', default: '10' },
        rate: { type: 'string', default: '5' },
        rounds: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      seconds: wholeNumber('seconds', values.seconds, 60),
      rate: wholeNumber('rate', values.rate, 1_000),
      rounds: wholeNumber('rounds', values.rounds, 50),
      json: values.json,
    };
  } catch (error) {
    return misused(error as Error);
  }
}

function misused(error: Error): never {
  process.stderr.write(`bench: ${error.message}\n\n${USAGE}\n`);
  process.exit(2);
}

function workload(name: string): Workload {
  const known = WORKLOADS.find((each) => each === name);
  if (known) return known;
  throw new Error(`--only names ${JSON.stringify(name)}; there are ${WORKLOADS.join(', ')}`);
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= most) return number;
  throw new Error(`--${name} is ${JSON.stringify(text)}; expected a whole number from 1 to ${most}`);
}
