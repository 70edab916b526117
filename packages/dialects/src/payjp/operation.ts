import type { Operations, Outcome, Refusal } from '@onfile/core';
import type { DialectRequest, DialectResponse, Route } from '../dialect.js';
import { markReplayed } from '../replayed.js';
import { Faults, Fields } from './fields.js';
import type { Payjp } from './settings.js';

/** The parts of a request that hold input, with one list of what is wrong in any of them. */
export interface RequestFields {
  readonly body: Fields;
  /** Of a parameter that was sent once the text, of any other all of them. */
  readonly query: Fields;
  readonly path: Fields;
}

/** One operation of this API: a request is read, put to the domain, and answered. */
export interface Operation<Input, Value> extends Pick<Route, 'method' | 'path' | 'body'> {
  readonly access?: Route['access'];
  readonly cardFields?: Route['cardFields'];
  /** Comes before everything else: whether this request may know of the object at all. */
  readonly admit?: (request: DialectRequest, operations: Operations) => Refusal | null;
  /** `undefined` only for a request with faults, which the fields have noted. */
  readonly parse: (fields: RequestFields, request: DialectRequest) => Input | undefined;
  readonly act: (input: Input, request: DialectRequest, operations: Operations) => Promise<Outcome<Value>>;
  readonly render: (value: Value, request: DialectRequest, operations: Operations) => unknown;
  /** An error to answer with although the domain did what was asked: a card that was not saved. */
  readonly failure?: (value: Value, request: DialectRequest) => DialectResponse | null;
}

export function operation<Input, Value>({ errors }: Payjp, definition: Operation<Input, Value>): Route {
  const { method, path, body, access = ['secret'], cardFields } = definition;
  const { admit, parse, act, render, failure } = definition;
  return { method, path, body, access, ...(cardFields && { cardFields }), handle };

  async function handle(request: DialectRequest, operations: Operations): Promise<DialectResponse> {
    const notAdmitted = admit?.(request, operations) ?? null;
    if (notAdmitted) return errors.refusal(notAdmitted, request);

    const faults = new Faults();
    // An optional body may be sent as `null`: the published clients' types allow it.
    const given = body === 'optional' ? (request.body ?? undefined) : request.body;
    const input = parse(fieldsOf(given, request, faults), request);
    if (faults.first) return errors.parseFault(faults.first, request);
    if (input === undefined) throw new Error(`${method} ${path}: a request without faults was not understood`);

    const outcome = await act(input, request, operations);
    if (outcome.kind === 'refused') return errors.refusal(outcome.refusal, request);

    const response = failure?.(outcome.value, request) ?? {
      status: 200,
      body: render(outcome.value, request, operations),
    };
    return outcome.replayed ? markReplayed(response) : response;
  }
}

function fieldsOf(body: unknown, { query, params }: DialectRequest, faults: Faults): RequestFields {
  return {
    body: Fields.ofBody(faults, body),
    query: new Fields(
      faults,
      Object.fromEntries(Object.entries(query).map(([name, values]) => [name, single(values)])),
    ),
    path: new Fields(faults, params),
  };
}

function single(values: readonly string[]): string | readonly string[] {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : values;
}
