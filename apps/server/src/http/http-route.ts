import type { IncomingMessage } from 'node:http';
import type { FaultFacts, HttpFault } from '@onfile/dialects';

/** One thing that an origin answers. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A template such as `/setup/:id`. It stands for the address in logs and metrics. */
  readonly path: string;
  /** Pages of any origin may call it: never with cookies, which we have none of. */
  readonly isOpenToPages?: boolean;
  /** Lower-case names of headers that those pages may send besides the usual ones. */
  readonly headersOfPages?: readonly string[];
  handle(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  /** As it was asked for, without the query. */
  readonly path: string;
  /** The path as it may be told again: without what looks like a card number. */
  readonly shownPath: string;
  /** What stands after the question mark, undecoded. It can hold secrets, so it is never logged. */
  readonly queryText: string;
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** The client's, seen through trusted proxies only; `null` when it cannot be told. */
  readonly clientAddress: string | null;
  readonly notes: RequestNotes;
}

/** What a handler tells the log of its request. */
export interface RequestNotes {
  merchantId?: string;
  mode?: string;
  fault?: string;
  /** What a fault of this request is answered with, as far as it is known. */
  faultFacts?: Omit<FaultFacts, 'path'>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export type RenderFault = (fault: HttpFault, facts: FaultFacts) => HttpAnswer;

/** Either what was asked for, or the fault to answer instead. */
export type Checked<T> = { readonly kind: 'ok'; readonly value: T } | CheckFailed;

export interface CheckFailed {
  readonly kind: 'fault';
  readonly fault: HttpFault;
  readonly detail?: string;
}

export function ok<T>(value: T): Checked<T> {
  return { kind: 'ok', value };
}

export function fault(name: HttpFault, detail?: string): CheckFailed {
  return { kind: 'fault', fault: name, ...(detail === undefined ? {} : { detail }) };
}
