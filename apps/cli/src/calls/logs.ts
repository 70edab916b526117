import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, type Listed, type OperatorApi, openOperatorApi } from '../api/operator-api.js';
import { findPlace, type PlaceOptions } from '../api/place.js';
import { untilInterrupted } from '../interruption.js';
import { createOutput, EXIT_CODES, type Output } from '../output.js';

export interface LogsOptions extends PlaceOptions {
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
  return untilInterrupted(async (signal) => {
    const api = openOperatorApi(await findPlace(options), signal);
    const output = createOutput({ json: options.json ?? false });
    try {
      await tail(api, { output, isFollowing: options.follow ?? false, signal });
    } catch (error) {
      if (!(signal.aborted && options.follow)) throw error;
    }
    return EXIT_CODES.done;
  });
}

const PAGE_SIZE = 100;
const WAIT_MS = 25_000;
const AWAY_DELAY_MS = 1_000;

async function tail(
  api: OperatorApi,
  { output, isFollowing, signal }: { output: Output; isFollowing: boolean; signal: AbortSignal },
): Promise<void> {
  let cursor: string | null = null;
  let isAway = false;
  for (;;) {
    try {
      const page: Listed<AnsweredRequest> = await readPage(api, { cursor, isFollowing });
      if (isAway) output.progress('It is back.');
      isAway = false;
      for (const request of page.data) output.result(request, lineOf(request, output));
      if (!isFollowing && (page.data.length < PAGE_SIZE || page.next_cursor === null)) return;
      cursor = page.next_cursor;
    } catch (error) {
      if (!isFollowing || signal.aborted || !isPassing(error)) throw error;
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
  { cursor, isFollowing }: { cursor: string | null; isFollowing: boolean },
): Promise<Listed<AnsweredRequest>> {
  const query = { limit: PAGE_SIZE, cursor: cursor ?? undefined, wait_ms: isFollowing ? WAIT_MS : undefined };
  return api.get('/requests', { query, timeoutMs: WAIT_MS + 15_000 });
}

function lineOf({ at, method, path, status, duration_ms, error_code }: AnsweredRequest, { paint }: Output): string {
  const shown = paint(status < 400 ? 'green' : 'red', String(status));
  const fault = error_code === null ? '' : `  ${error_code}`;
  return `${paint('gray', at)}  ${shown}  ${method.padEnd(6)}  ${path}  ${duration_ms} ms${fault}`;
}
