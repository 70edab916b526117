import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { type BenchArguments, readArguments, readWebhooksArguments, USAGE } from './arguments.js';
import { type BenchResult, runBench } from './bench.js';
import { BUDGET_KEPT, overrunsOf, ratiosOf, readBudgets, writeBudgets } from './budgets.js';
import { renderFlameGraph } from './flame-graph.js';
import { foldProfile, sharesOfGroups } from './fold-profile.js';
import { goalsOf } from './goals.js';
import { createBar } from './progress-bar.js';
import { renderFilled, renderGoals, renderGroups, renderPaced, renderTable } from './render-table.js';
import { benchTyping } from './typing.js';
import { benchWebhooks, renderWebhooks } from './webhooks.js';

/** Beside the sources. */
const BUDGETS = new URL('../budgets.json', import.meta.url);

const [, , command, ...rest] = process.argv;
try {
  if (command === 'typing') process.stdout.write(`${JSON.stringify(await benchTyping())}\n`);
  else if (command === 'webhooks') await webhooks(understood(() => readWebhooksArguments(rest)));
  else await bench(understood(() => readArguments(process.argv.slice(2))));
} catch (error) {
  tell(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function bench(options: BenchArguments | 'help'): Promise<void> {
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const [loadBefore] = loadavg();
  const { profileFile, ...measured } = options;
  const result = await runBench({
    ...measured,
    isProfiled: profileFile !== null,
    progress: tell,
    showBar: createBar(process.stderr),
    signal: untilInterrupted(),
  });
  const { seconds, rounds, connections } = options;
  const { postgres } = result;
  const machine = { ...processors(), node: process.version, postgres, loadBefore, seconds, rounds, connections };
  if (options.json) printJson(result, machine);
  else printTables(result, machine);
  if (profileFile !== null && result.profiled !== null) await drawProfile(result.profiled, profileFile, options);
  await keepBudgets(result, machine, options);
}

type Machine = Readonly<Record<string, unknown>>;

function printJson({ workloads, paced, filled }: BenchResult, machine: Machine): void {
  const goals = goalsOf({ workloads, paced, filled });
  process.stdout.write(`${JSON.stringify({ workloads: { ...workloads, ...paced }, filled, goals, machine })}\n`);
}

function printTables({ workloads, paced, filled }: BenchResult, machine: Machine): void {
  const tables = [
    renderTable(workloads),
    renderPaced(paced),
    filled && renderFilled(filled),
    renderGoals(goalsOf({ workloads, paced, filled })),
    JSON.stringify(machine),
  ];
  process.stdout.write(`${tables.filter((table) => table).join('\n\n')}\n`);
}

async function drawProfile(
  { workload, profile }: NonNullable<BenchResult['profiled']>,
  file: string,
  { json }: BenchArguments,
): Promise<void> {
  const all = foldProfile(profile);
  await writeFile(file, renderFlameGraph(all, `Onfile's process under ${workload}, Node ${process.version}`));
  await writeFile(file.replace(/\.svg$/, '.cpuprofile'), JSON.stringify(profile));
  if (!json) process.stdout.write(`\n${renderGroups(sharesOfGroups(all))}\n`);
  tell(`the flame graph is in ${file}`);
}

async function keepBudgets(
  result: BenchResult,
  machine: Machine,
  { writesBudgets, merchants, workers }: BenchArguments,
): Promise<void> {
  if (merchants > 1 || workers > 1) {
    tell('the budgets are for one merchant and one process: this run is not judged by them');
    return;
  }
  const ratios = ratiosOf(result);
  if (writesBudgets) {
    await writeBudgets(BUDGETS, { date: new Date().toISOString().slice(0, 10), machine, ratios });
    tell('the ratios are in bench/budgets.json');
    return;
  }
  const budgets = await readBudgets(BUDGETS);
  if (budgets === null) {
    tell('there are no budgets: on a quiet machine, npm run bench -- --write-budgets writes them');
    return;
  }
  const overruns = overrunsOf(budgets.ratios, ratios);
  for (const { name, budget, measured } of overruns) {
    tell(`${name} is ${measured.toFixed(3)}, below ${BUDGET_KEPT} of its budget ${budget} of ${budgets.date}`);
  }
  if (overruns.length > 0) process.exitCode = 1;
}

async function webhooks({ json, ...settings }: ReturnType<typeof readWebhooksArguments>): Promise<void> {
  const [loadBefore] = loadavg();
  const figures = await benchWebhooks({ ...settings, signal: untilInterrupted(), progress: tell });
  const machine = { node: process.version, cpus: cpus().length, loadBefore, ...settings };
  if (json) process.stdout.write(`${JSON.stringify({ webhooks: figures, machine })}\n`);
  else process.stdout.write(`${renderWebhooks(figures)}\n\n${JSON.stringify(machine)}\n`);
}

function understood<Arguments>(read: () => Arguments): Arguments {
  try {
    return read();
  } catch (error) {
    tell(`bench: ${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function processors() {
  const all = cpus();
  return { cpus: all.length, processor: all[0]?.model ?? 'unknown' };
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
