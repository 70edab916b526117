/**
 * One page of figures.
 *
 * @typedef {object} Proof
 * @property {string} date
 * @property {string} commit
 * @property {string} machine
 * @property {number} minutes
 * @property {readonly { part: import('./parts.mjs').Part, ran: import('./run-part.mjs').Ran, environment: object, isWhole: boolean }[]} results
 */

/** @param {Proof} proof */
export function renderSheet({ date, commit, machine, minutes, results }) {
  return `# Proof

What \`npm run prove\` measured. This page is written by it and by nobody else; every figure was recorded by the tests that
ran, and each has a control beside it: a planted bug that the same test has to find.

| | |
| --- | --- |
| Date | ${date} |
| Commit | ${commit} |
| Machine | ${machine} |
| Duration | ${minutes} minutes |

| What | Goal | Measured | Control | Result |
| --- | --- | --- | --- | --- |
${results.map(row).join('\n')}

## To run it again

\`npm run prove\` runs all of it, \`npm run prove -- --only crashes --rounds 20\` a part of it with another count, and
\`npm run prove -- --help\` lists both. These were the settings, seeds included:

${results.flatMap(settings).join('\n')}
${failures(results)}`;
}

/** In a few words: whether the goal was reached. */
export function resultOf({ part, ran, isWhole }) {
  if (ran.notRun !== null) return `not run: ${ran.notRun}`;
  if (ran.failures.length > 0) return '**failed**, see below';
  if (part.needs.some((name) => !ran.figures.has(name))) return 'passed; its figures were not recorded';
  if (part.isReached(ran.figures)) return 'reached';
  return isWhole ? '**not reached**' : 'passed, with a smaller count than the goal’s';
}

function row({ part, ran, isWhole }) {
  const isMeasured = ran.notRun === null && part.needs.every((name) => ran.figures.has(name));
  const seconds = ran.notRun === null ? ` (${ran.seconds} s)` : '';
  const passed = ran.notRun === null ? `${ran.figures.get('tests passed') ?? 0} tests passed` : '–';
  const measured = isMeasured ? part.measured(ran.figures) : passed;
  const control = isMeasured ? part.control(ran.figures) : '–';
  return `| ${part.what} | ${part.goal} | ${measured}${seconds} | ${control} | ${resultOf({ part, ran, isWhole })} |`;
}

function settings({ part, ran, environment }) {
  if (ran.notRun !== null) return [];
  const set = Object.entries(environment).map(([name, value]) => `\`${name}=${value}\``);
  const facts = ran.facts.filter(([name]) => !name.endsWith('.seed')).map(([name, text]) => `${name}: ${text}`);
  return [`- ${part.name}: ${[...set, ...facts].join(', ') || 'nothing to set'}`];
}

function failures(results) {
  const lines = results.flatMap(({ part, ran }) => ran.failures.map((failure) => `- ${part.name}: ${failure}`));
  return lines.length === 0 ? '' : `\n## What failed\n\n${lines.join('\n')}\n`;
}
