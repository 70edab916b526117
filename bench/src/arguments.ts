import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchSettings } from './bench.js';
import { CLIENTS_MAX } from './pgbench-script.js';
import type { WebhooksSettings } from './webhooks.js';
import { WORKLOADS, type Workload } from './workloads.js';

/** Medians of fewer say too little to hold others to them. */
const ROUNDS_FOR_BUDGETS = 5;
const ROWS_MAX = 100_000_000;

export interface BenchArguments
  extends Pick<
    BenchSettings,
    'seconds' | 'rounds' | 'connections' | 'only' | 'isPaced' | 'rows' | 'merchants' | 'workers'
  > {
  /** Where the flame graph is written; `null` for none. */
  readonly profileFile: string | null;
  readonly writesBudgets: boolean;
  readonly json: boolean;
}

export const USAGE = `Usage: npm run bench -- [--seconds N] [--rounds N] [--connections N] [--only A,B] [--rows N]
                        [--merchants N] [--workers N] [--profile FILE.svg] [--write-budgets] [--json]
       npm run bench -- typing
       npm run bench -- webhooks [--seconds N] [--rate N] [--rounds N] [--json]

Measures Onfile on this machine, and in turn with it what the same work costs without Onfile: pgbench with the same SQL on
the same server, and an HTTP route that does nothing. Figures are medians over all rounds. Ends with 1 when a ratio is more
than a fifth below its budget in bench/budgets.json.

  --seconds N           how long each measured run is, 1 to 60; 3 by default
  --rounds N            how often everything is measured, 1 to 50; 5 by default, fewer only to try it out
  --connections N       requests under way at any time, 1 to ${CLIENTS_MAX}; 16 by default
  --only A,B            these only, of ${[...WORKLOADS, 'mixed'].join(', ')}; mixed needs the lifecycle
  --rows N              stores N setups in a second database, and measures there in turn with the empty one; such as 1M or 250k,
                        at most 100M. 1M takes some minutes and 12 GB below ${tmpdir()}
  --merchants N         asks in the names of N merchants in turn, 1 to 5000; 1 by default
  --workers N           Onfile as N processes that share its ports, 1 to 64; 1 by default
  --profile FILE.svg    one more run, profiled: of the lifecycle, or of the first of --only. A flame graph, and beside it
                        FILE.cpuprofile for a browser's developer tools
  --write-budgets       writes the ratios of this run to bench/budgets.json: all workloads, at least ${ROUNDS_FOR_BUDGETS} rounds, a quiet machine
  --json                one line of JSON instead of the tables
  --help                this text

Examples:
  npm run bench -- --seconds 1 --rounds 1                        does it work here?
  npm run bench -- --seconds 10 --rounds 9 --profile flame.svg   figures that are to be believed
  npm run bench -- --rows 1M --only create,read,list,lifecycle   what a million stored setups cost

typing: how long it takes from a key in the card form to the next frame, in Chromium on a processor slowed down 4 times.

webhooks: deliveries a second, and from an event's commit to its POST, at 20 endpoints of which 0, 5 and 10 fail.

  --seconds N       how long events are made at an even pace, 1 to 60; 10 by default
  --rate N          events in each of those seconds, 1 to 1000; 5 by default, each for all 20 endpoints
  --rounds N        how often everything is measured; 3 by default

What the columns mean: bench/README.md`;

/** Throws a sentence that says what was expected; answers `help` where that was asked for. */
export function readArguments(args: readonly string[]): BenchArguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '16' },
      only: { type: 'string' },
      rows: { type: 'string' },
      merchants: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      profile: { type: 'string' },
      'write-budgets': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const rounds = wholeNumber('rounds', values.rounds, 50);
  const merchants = wholeNumber('merchants', values.merchants, 5_000);
  const workers = wholeNumber('workers', values.workers, 64);
  const writesBudgets = values['write-budgets'];
  if (values.profile !== undefined && workers > 1)
    throw new Error('--profile looks into one process: leave --workers out');
  if (writesBudgets && (merchants > 1 || workers > 1)) {
    throw new Error(
      '--write-budgets is for one merchant and one process, which every run has unless it says otherwise',
    );
  }
  if (writesBudgets && (values.only !== undefined || rounds < ROUNDS_FOR_BUDGETS)) {
    throw new Error(`--write-budgets takes all workloads, without --only, and at least ${ROUNDS_FOR_BUDGETS} rounds`);
  }
  return {
    seconds: wholeNumber('seconds', values.seconds, 60),
    rounds,
    connections: wholeNumber('connections', values.connections, CLIENTS_MAX),
    ...(values.only === undefined ? { only: WORKLOADS, isPaced: true } : parseOnly(values.only)),
    rows: values.rows === undefined ? null : parseRows(values.rows),
    merchants,
    workers,
    profileFile: values.profile === undefined ? null : parseProfileFile(values.profile),
    writesBudgets,
    json: values.json,
  };
}

export function readWebhooksArguments(
  args: readonly string[],
): Pick<WebhooksSettings, 'seconds' | 'rate' | 'rounds'> & { readonly json: boolean } {
  const { values } = parseArgs({
    args: [...args],
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
}

function parseOnly(text: string): Pick<BenchSettings, 'only' | 'isPaced'> {
  const names = text.split(',');
  const known = [...WORKLOADS, 'mixed'];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only names ${JSON.stringify(unknown)}; there are ${known.join(', ')}`);
  const isPaced = names.includes('mixed');
  const isMeasured = (workload: Workload) => names.includes(workload) || (isPaced && workload === 'lifecycle');
  return { only: WORKLOADS.filter(isMeasured), isPaced };
}

function parseRows(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,9})([kM]?)$/.exec(text) ?? [];
  const rows = Number(digits) * { '': 1, k: 1_000, M: 1_000_000 }[unit as '' | 'k' | 'M'];
  if (rows >= 1 && rows <= ROWS_MAX) return rows;
  throw new Error(`--rows is ${JSON.stringify(text)}; expected a number like 1000, 250k or 1M, at most 100M`);
}

function parseProfileFile(text: string): string {
  if (text.endsWith('.svg')) return resolve(text);
  throw new Error(`--profile is ${JSON.stringify(text)}; expected the name of a file that ends in .svg`);
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= most) return number;
  throw new Error(`--${name} is ${JSON.stringify(text)}; expected a whole number from 1 to ${most}`);
}
