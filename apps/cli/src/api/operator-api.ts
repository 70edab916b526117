import { CommandFault, EXIT_CODES } from '../output.js';
import { type Answer, ask } from './ask.js';
import type { Place } from './place.js';

/** The operator API of one place, `/operator/v1`. Its refusals are thrown as {@link ApiRefusal}. */
export interface OperatorApi {
  get<T>(path: string, options?: GetOptions): Promise<T>;
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>;
}

export interface GetOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly timeoutMs?: number;
}

/** A page of a list. The cursor of events and requests is never `null`: more may come. */
export interface Listed<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}

export class ApiRefusal extends CommandFault {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message, status >= 500 ? EXIT_CODES.fault : EXIT_CODES.refused);
    this.status = status;
    this.code = code;
  }
}

/** Whether the same question may be answered a moment later: nobody was there, or whoever was could not. */
export function isPassing(error: unknown): error is CommandFault {
  if (error instanceof ApiRefusal) return error.status >= 500 || error.status === 429;
  return error instanceof CommandFault && error.exitCode === EXIT_CODES.unreachable;
}

const PREFIX = '/operator/v1';

export function openOperatorApi(place: Place, signal?: AbortSignal): OperatorApi {
  const headers = operatorHeaders(place);
  return {
    async get<T>(path: string, { query = {}, timeoutMs }: GetOptions = {}) {
      const url = place.apiUrl + PREFIX + path + queryText(query);
      return readAnswer<T>(await ask({ url, headers, signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) }), url);
    },
    async send<T>(method: string, path: string, body?: object) {
      const url = place.apiUrl + PREFIX + path;
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      return readAnswer<T>(await ask({ method, url, headers: { ...headers, ...type }, ...content, signal }), url);
    },
  };
}

/** With a merchant's own key the merchant and the mode are said by the key. */
export function operatorHeaders({ key, merchantId, mode }: Place): Record<string, string> {
  const authorization = `Bearer ${key}`;
  if (!key.startsWith('op_')) return { authorization };
  return {
    authorization,
    'onfile-mode': mode,
    ...(merchantId === null ? {} : { 'onfile-merchant': merchantId }),
  };
}

function queryText(query: NonNullable<GetOptions['query']>): string {
  const set = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  return set.length === 0
    ? ''
    : `?${new URLSearchParams(set.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

function readAnswer<T>({ status, text }: Answer, url: string): T {
  const content = parseJson(text);
  if (status >= 200 && status < 300) return content as T;
  const { error } = (content ?? {}) as { error?: { code?: string; message?: string } };
  const { pathname, origin } = new URL(url);
  const message =
    error?.message ?? `${origin} answered ${status} to ${pathname}. Is it an Onfile server of this release?`;
  throw new ApiRefusal(status, error?.code ?? 'unknown', message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
