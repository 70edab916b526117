/**
 * One page of figures.
 *
 * @typedef {object} Proof
 * @property {string} date
 * @property {string} commit
 * @property {string} machine
 * @property {readonly { part: import('./parts.mjs').Part, ran: import('./run-part.mjs').Ran, environment: object, isWhole: boolean }[]} results
 * @property {string} before the sheet as it stands: what it says of parts that were not run now is kept
 */

/** @param {Proof} proof */
export function renderSheet({ date, commit, machine, results, before }) {
  const kept = before.split('\n');
  const run = `${date.slice(0, 16).replace('T', ' ')} UTC, ${commit.slice(0, 9)}${commit.slice(40)}`;
  const rows = results.map((result) => keptRow(result, kept) ?? row(result, run));
  const settings = results.flatMap((result) => keptLines(result, kept, '- ') ?? settingsOf(result));
  const failures = results.flatMap((result) => keptLines(result, kept, '* ') ?? failuresOf(result));
  return `# Proof

What \`npm run prove\` measured. This page is written by it and by nobody else; every figure was recorded by the tests that
ran, and each has a control beside it: a planted bug that the same test has to find.

Machine: ${machine}.

| What | Goal | Measured | Control | Result | When, at which commit |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## To run it again

\`npm run prove\` runs all of it, \`npm run prove -- --only crashes\` a part of it and leaves the other rows as they are, and
\`npm run prove -- --help\` lists the parts and their counts. These were the settings, seeds included:

${settings.join('\n')}
${failures.length === 0 ? '' : `\n## What failed\n\n${failures.join('\n')}\n`}`;
}

/** In a few words: whether the goal was reached. */
export function resultOf({ part, ran, isWhole }) {
  if (ran.notRun !== null) return `not run: ${ran.notRun}`;
  if (ran.failures.length > 0) return '**failed**, see below';
  if (part.needs.some((name) => !ran.figures.has(name))) return 'passed; its figures were not recorded';
  if (part.isReached(ran.figures)) return 'reached';
  return isWhole ? '**not reached**' : 'passed, with a smaller count than the goal’s';
}

/** `null` where the part was run now, or never. */
function keptRow({ part, ran }, lines) {
  if (ran.notRun === null) return null;
  return lines.find((line) => line.startsWith(`| ${part.what} |`)) ?? null;
}

function keptLines(result, lines, mark) {
  if (keptRow(result, lines) === null) return null;
  return lines.filter((line) => line.startsWith(`${mark}${result.part.name}: `));
}

function row({ part, ran, isWhole }, run) {
  const isMeasured = ran.notRun === null && part.needs.every((name) => ran.figures.has(name));
  const seconds = ran.notRun === null ? ` (${ran.seconds} s)` : '';
  const passed = ran.notRun === null ? `${ran.figures.get('tests passed') ?? 0} tests passed` : '–';
  const measured = isMeasured ? part.measured(ran.figures) : passed;
  const control = isMeasured ? part.control(ran.figures) : '–';
  const result = resultOf({ part, ran, isWhole });
  return `| ${part.what} | ${part.goal} | ${measured}${seconds} | ${control} | ${result} | ${ran.notRun === null ? run : '–'} |`;
}

function settingsOf({ part, ran, environment }) {
  if (ran.notRun !== null) return [];
  const set = Object.entries(environment).map(([name, value]) => `\`${name}=${value}\``);
  const facts = ran.facts.filter(([name]) => !name.endsWith('.seed')).map(([name, text]) => `${name}: ${text}`);
  return [`- ${part.name}: ${[...set, ...facts].join(', ') || 'nothing to set'}`];
}

function failuresOf({ part, ran }) {
  return ran.failures.map((failure) => `* ${part.name}: ${failure}`);
}
