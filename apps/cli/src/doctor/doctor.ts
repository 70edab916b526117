import { findPlace, type Place, type PlaceOptions } from '../api/place.js';
import { untilInterrupted } from '../interruption.js';
import { CommandFault, createOutput, EXIT_CODES, type Output } from '../output.js';
import { checkHeaders, checkScripts } from './browser-view.js';
import { checkConfiguration, readSettings } from './configuration.js';
import { checkDatabase } from './database.js';
import { type Finding, type Level, problem } from './finding.js';
import { checkKey, checkServer } from './server.js';
import { checkTls } from './tls.js';
import { checkWebhooks } from './webhook-reach.js';

export interface DoctorOptions extends PlaceOptions {
  readonly json?: boolean;
}

/** Looks at everything that can be wrong with an installation; the exit code says how bad the worst of it is. */
export function doctor(options: DoctorOptions): Promise<number> {
  return untilInterrupted(async (signal) => {
    const output = createOutput({ json: options.json ?? false });
    let worst: Level = 'ok';
    for await (const findings of examine(options, signal)) {
      for (const finding of findings) {
        show(finding, output);
        if (RANK[finding.level] > RANK[worst]) worst = finding.level;
      }
    }
    if (worst === 'problem') return EXIT_CODES.foundProblem;
    return worst === 'warning' ? EXIT_CODES.foundWarning : EXIT_CODES.done;
  });
}

const RANK: Readonly<Record<Level, number>> = { ok: 0, skipped: 1, warning: 2, problem: 3 };

async function* examine(options: DoctorOptions, signal: AbortSignal): AsyncGenerator<readonly Finding[]> {
  const place = await placeOr(options);
  const isElsewhere = !(place instanceof CommandFault) && place.dev === null;
  // A server that is elsewhere has settings and a database of its own, unless they are named here.
  if (!isElsewhere || process.env.DATABASE_URL) {
    yield await checkConfiguration(process.env, process.cwd());
    const config = readSettings(process.env, process.cwd());
    if (config !== null) yield await checkDatabase(config);
  }
  if (place instanceof CommandFault) {
    yield [problem('server', place.message, 'Then run doctor again')];
    return;
  }
  const server = await checkServer(place, signal);
  yield server;
  yield await checkTls(place);
  if (hasProblem(server)) return;
  yield await checkHeaders(place, signal);
  yield await checkScripts(place, signal);
  const key = await checkKey(place, signal);
  yield [key];
  if (!hasProblem([key])) yield await checkWebhooks(place, signal);
}

function hasProblem(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'problem');
}

async function placeOr(options: PlaceOptions): Promise<Place | CommandFault> {
  try {
    return await findPlace(options);
  } catch (error) {
    if (error instanceof CommandFault) return error;
    throw error;
  }
}

const SIGNS = { ok: ['green', '✓'], skipped: ['gray', '-'], warning: ['yellow', '!'], problem: ['red', '✗'] } as const;

function show(finding: Finding, { paint, result }: Output): void {
  const { check, level, text, advice } = finding;
  const [colour, sign] = SIGNS[level];
  const todo = advice === null ? '' : `\n  ${' '.repeat(15)}${paint('bold', advice)}`;
  result(finding, `${paint(colour, sign)} ${check.padEnd(14)} ${text}${todo}`);
}
