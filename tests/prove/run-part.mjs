import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {object} Ran
 * @property {string | null} notRun why it was not
 * @property {number} seconds
 * @property {ReadonlyMap<string, number>} figures
 * @property {readonly (readonly [name: string, text: string])[]} facts
 * @property {readonly string[]} failures
 */

/**
 * Runs a part's tests with their output on the screen, and reads what they recorded.
 *
 * @param {import('./parts.mjs').Part} part
 * @param {Readonly<Record<string, string | number>>} environment
 * @returns {Promise<Ran>}
 */
export async function runPart(part, environment) {
  const tests = part.tests.filter((path) => existsSync(path));
  if (tests.length === 0) return notRun(`there is no ${part.tests.join(', ')} yet`);

  const directory = await mkdtemp(join(tmpdir(), 'onfile-prove-'));
  const report = join(directory, 'report.json');
  const recorded = join(directory, 'figures.jsonl');
  const startedAt = performance.now();
  try {
    // One file after another: what is measured is not to wait for another part of itself.
    const args = ['vitest', 'run', ...tests, '--no-file-parallelism', '--reporter=default', '--reporter=json'];
    const child = spawn('npx', [...args, `--outputFile.json=${report}`], {
      stdio: 'inherit',
      env: { ...process.env, ...stringsIn(environment), ONFILE_PROVE_FIGURES: recorded },
    });
    let isToEnd = false;
    const end = () => {
      isToEnd = true;
      child.kill('SIGTERM');
    };
    process.once('SIGTERM', end);
    await once(child, 'exit');
    process.off('SIGTERM', end);
    if (isToEnd) process.exit(143);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const { passed, failures } = readReport(await readFile(report, 'utf8').catch(() => null));
    const lines = (await readFile(recorded, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    return {
      notRun: null,
      seconds,
      failures,
      ...readRecorded(
        lines.map((line) => JSON.parse(line)),
        passed,
      ),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @param {string} reason */
export function notRun(reason) {
  return { notRun: reason, seconds: 0, figures: new Map(), facts: [], failures: [] };
}

function stringsIn(environment) {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
}

function readReport(text) {
  if (text === null) return { passed: 0, failures: ['the tests ended without a report'] };
  const { testResults, numPassedTests } = JSON.parse(text);
  const failures = testResults.flatMap(({ assertionResults, status, message, name }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`${name}: ${firstLine(message)}`];
    return failed.map(({ fullName, failureMessages }) => `${fullName}: ${firstLine(failureMessages[0])}`);
  });
  return { passed: numPassedTests, failures };
}

const firstLine = (text = '') => text.split('\n')[0].slice(0, 200);

function readRecorded(records, passed) {
  const figures = new Map([['tests passed', passed]]);
  const facts = [];
  for (const { name, value, text } of records) {
    if (text === undefined) figures.set(name, (figures.get(name) ?? 0) + value);
    else facts.push([name, text]);
  }
  return { figures, facts };
}
