import { randomUUID } from 'node:crypto';
import { type Answer, ask } from '../api/ask.js';
import { openOperatorApi } from '../api/operator-api.js';
import { findPlace, type PlaceOptions } from '../api/place.js';
import { untilInterrupted } from '../interruption.js';
import { CommandFault, createOutput, EXIT_CODES } from '../output.js';
import { bodyOf } from './body-fields.js';
import { credentialsFor } from './caller.js';
import { resolvePath } from './resource-path.js';

export interface CallOptions extends PlaceOptions {
  readonly json?: boolean;
}

export interface PostOptions extends CallOptions {
  readonly data?: readonly string[];
  readonly idempotencyKey?: string;
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
}

/** Reads one object or list, by its id or path. */
export function get(idOrPath: string, options: CallOptions): Promise<number> {
  return call(idOrPath, { method: 'GET', headers: {} }, options);
}

/** Calls the API as a merchant's server does; repeating the same command is another request. */
export function post(idOrPath: string, options: PostOptions): Promise<number> {
  const { data = [], method = 'POST', idempotencyKey = randomUUID() } = options;
  const content = data.length === 0 ? {} : { body: JSON.stringify(bodyOf(data)) };
  const type = data.length === 0 ? {} : { 'content-type': 'application/json' };
  return call(idOrPath, { method, headers: { 'idempotency-key': idempotencyKey, ...type }, ...content }, options);
}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function call(idOrPath: string, sent: Sent, options: CallOptions): Promise<number> {
  return untilInterrupted(async (signal) => {
    const place = await findPlace(options);
    const path = await resolvePath(idOrPath, openOperatorApi(place, signal));
    const headers = { ...(await credentialsFor(path, place, signal)), ...sent.headers };
    const answer = await ask({ ...sent, url: place.apiUrl + path, headers, signal });
    return show(answer, `${sent.method} ${path}`, options);
  });
}

/** What was answered goes to the standard output, a refusal too: it is what was asked for. */
function show({ status, text }: Answer, request: string, { json = false }: CallOptions): number {
  const output = createOutput({ json });
  const content = parseJson(text);
  if (content === undefined) process.stdout.write(text === '' ? '' : `${text}\n`);
  else output.result(content as object, JSON.stringify(content, null, 2));
  if (status < 400) return EXIT_CODES.done;
  const exitCode = status >= 500 ? EXIT_CODES.fault : EXIT_CODES.refused;
  throw new CommandFault(`${request} was answered with ${status}`, exitCode);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
