import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, type Listed, type OperatorApi, openOperatorApi } from '../api/operator-api.js';
import { findPlace, type PlaceOptions } from '../api/place.js';
import { untilInterrupted } from '../interruption.js';
import { createOutput, EXIT_CODES, type Output } from '../output.js';
import { parseCount } from '../parse-count.js';

export interface LogsOptions extends PlaceOptions {
  readonly lines: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

interface AnsweredRequest {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly duration_ms: number;
  readonly merchant_id: string | null;
  readonly error_code: string | null;
}

/** What the server was asked lately, oldest first; with `follow`, until Ctrl-C. */
export function logs(options: LogsOptions): Promise<number> {
  const lines = parseCount(options.lines, '--lines', { least: 0, most: KEPT_MAX });
  return untilInterrupted(async (signal) => {
    const api = openOperatorApi(await findPlace(options), signal);
    const output = createOutput({ json: options.json ?? false });
    try {
      const { requests, cursor } = await readKept(api);
      for (const request of lines === 0 ? [] : requests.slice(-lines)) show(request, output);
      if (options.follow) await follow(api, { cursor, output, signal });
    } catch (error) {
      if (!(signal.aborted && options.follow)) throw error;
    }
    return EXIT_CODES.done;
  });
}

/** As many as a server remembers. */
const KEPT_MAX = 1_000;
const PAGE_SIZE = 100;
const WAIT_MS = 25_000;
const AWAY_DELAY_MS = 1_000;

async function readKept(api: OperatorApi): Promise<{ requests: readonly AnsweredRequest[]; cursor: string | null }> {
  const requests: AnsweredRequest[] = [];
  let cursor: string | null = null;
  while (requests.length < KEPT_MAX) {
    const page: Listed<AnsweredRequest> = await readPage(api, { cursor, waitMs: 0 });
    requests.push(...page.data);
    cursor = page.next_cursor;
    if (page.data.length < PAGE_SIZE) break;
  }
  return { requests, cursor };
}

async function follow(
  api: OperatorApi,
  { cursor: first, output, signal }: { cursor: string | null; output: Output; signal: AbortSignal },
): Promise<never> {
  let cursor = first;
  let isAway = false;
  for (;;) {
    try {
      const page: Listed<AnsweredRequest> = await readPage(api, { cursor, waitMs: isAway ? 0 : WAIT_MS });
      if (isAway) output.progress('It is back.');
      isAway = false;
      for (const request of page.data) show(request, output);
      cursor = page.next_cursor;
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      if (!isAway) output.progress(error.message);
      isAway = true;
      // The list is in the memory of the process that answers: a new one begins a new list.
      cursor = null;
      await sleep(AWAY_DELAY_MS, undefined, { signal });
    }
  }
}

function readPage(
  api: OperatorApi,
  { cursor, waitMs }: { cursor: string | null; waitMs: number },
): Promise<Listed<AnsweredRequest>> {
  const query = { limit: PAGE_SIZE, cursor: cursor ?? undefined, wait_ms: waitMs };
  return api.get('/requests', { query, timeoutMs: waitMs + 15_000 });
}

function show(request: AnsweredRequest, output: Output): void {
  output.result(request, lineOf(request, output));
}

function lineOf({ at, method, path, status, duration_ms, error_code }: AnsweredRequest, { paint }: Output): string {
  const shown = paint(status < 400 ? 'green' : 'red', String(status));
  const fault = error_code === null ? '' : `  ${error_code}`;
  return `${paint('gray', at)}  ${shown}  ${method.padEnd(6)}  ${path}  ${duration_ms} ms${fault}`;
}
