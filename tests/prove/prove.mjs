import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PARTS } from './parts.mjs';
import { notRun, runPart } from './run-part.mjs';
import { renderSheet, resultOf } from './sheet.mjs';

process.chdir(resolve(import.meta.dirname, '../..'));
const SHEET = 'docs/proof.md';
const flags = Object.fromEntries(
  PARTS.flatMap(({ counts }) => Object.keys(counts)).map((flag) => [flag, { type: 'string' }]),
);

const { only, counts, seed, out } = readArguments();
const startedAt = performance.now();
const date = new Date().toISOString();
const commit = commitNow();
const results = PARTS.map((part) => ({ part, environment: {}, isWhole: false, ran: notRun('left out') }));
let sheet = '';
for (const [index, part] of PARTS.entries()) {
  if (only !== null && !only.includes(part.name)) continue;
  const wanted = Object.fromEntries(Object.entries(part.counts).map(([flag, count]) => [flag, counts[flag] ?? count]));
  const environment = { ...part.environment(wanted), ...(part.seed && { [part.seed]: seed ?? randomInt(2 ** 31) }) };
  process.stdout.write(`\n[${index + 1} of ${PARTS.length}, ${elapsedMinutes()} min] ${part.name}: ${part.what}\n`);
  const ran = await runPart(part, environment);
  const isWhole = Object.entries(part.counts).every(([flag, count]) => (wanted[flag] ?? 0) >= count);
  const result = { part, environment, isWhole, ran };
  results[index] = result;
  process.stdout.write(`${part.name}: ${resultOf(result)}\n`);
  sheet = writeSheet();
}

process.stdout.write(`\n${sheet}\nAfter ${elapsedMinutes()} minutes.\n`);
process.exitCode = results.some(({ ran }) => ran.failures.length > 0) ? 1 : 0;

/** After each part, so that what was measured is there whatever ends the next one. */
function writeSheet() {
  const before = existsSync(out ?? SHEET) ? readFileSync(out ?? SHEET, 'utf8') : '';
  const text = renderSheet({ date, commit, machine: machine(), results, before });
  // What was tried with less does not take the place of what was measured.
  const isTrial = results.some(({ ran, isWhole }) => ran.notRun === null && !isWhole);
  if (!isTrial || out !== null) writeFileSync(out ?? SHEET, text);
  return text;
}

function readArguments() {
  try {
    const options = {
      only: { type: 'string' },
      seed: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    };
    const { values } = parseArgs({ options: { ...options, ...flags } });
    if (values.help) explain(0);
    const names = values.only?.split(',') ?? null;
    const unknown = names?.find((name) => !PARTS.some((part) => part.name === name));
    if (unknown !== undefined) throw new Error(`--only ${unknown}: expected some of ${PARTS.map(({ name }) => name)}`);
    return {
      only: names,
      counts: Object.fromEntries(Object.keys(flags).map((flag) => [flag, parseCount(flag, values[flag])])),
      seed: parseCount('seed', values.seed),
      out: values.out ?? null,
    };
  } catch (error) {
    process.stderr.write(`prove: ${error.message}\n\n`);
    return explain(1);
  }
}

function parseCount(flag, text) {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${flag} ${text}: expected a whole number from 1`);
}

/** @returns {never} */
function explain(code) {
  const lines = PARTS.map(({ name, what, counts }) => {
    const set = Object.entries(counts).map(([flag, count]) => ` --${flag} ${count}`);
    return `  ${name.padEnd(12)}${what}\n${' '.repeat(14)}${set.join('').trim() || 'nothing to count'}`;
  });
  const text = `Usage: npm run prove -- [--only PART,PART] [--seed N] [--out FILE] [counts]

Runs the long tier of the tests and writes ${SHEET}, or the file that --out names. With --only, rows of other parts stay as they
are. With smaller counts the sheet is shown, and written only where --out says so.

${lines.join('\n')}
`;
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
}

function elapsedMinutes() {
  return Math.round((performance.now() - startedAt) / 6_000) / 10;
}

function commitNow() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', 'HEAD')}${isChanged ? ', with changes that are not committed' : ''}`;
  } catch {
    return 'unknown: not a git repository';
  }
}

function machine() {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  return `${availableParallelism()} cores (${model}), ${memory}, ${type()} ${release()} ${arch()}, Node ${process.version}`;
}
