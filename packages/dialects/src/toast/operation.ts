import type { Operations, Outcome } from '@onfile/core';
import type { DialectRequest, DialectResponse, Route } from '../dialect.js';
import { Faults, Fields } from '../fields.js';
import { markReplayed } from '../replayed.js';
import type { ToastScope } from './choices.js';
import type { ToastError } from './error-message.js';
import { SCOPE_MISSING } from './errors.js';
import { checkLocation, refuseLocation } from './headers.js';
import type { Toast } from './settings.js';

/** An error of this API, where the domain has nothing to refuse. */
export interface Answered {
  readonly kind: 'answered';
  readonly error: ToastError;
}

export function answerWith(error: ToastError): Answered {
  return { kind: 'answered', error };
}

/** One operation of this API: a request is read, put to the domain, and answered. */
export interface Operation<Input, Value> extends Pick<Route, 'method' | 'path' | 'body'> {
  /** What a token of payment credentials has to allow. */
  readonly scope: ToastScope;
  /** Tokens of iframe credentials may come too; `act` has to check the session secret. */
  readonly isOpenToIframe?: boolean;
  /** The error for whoever may not ask this at all, before anything of the request is looked at. */
  readonly admit?: (request: DialectRequest) => ToastError | null;
  readonly cardFields?: Route['cardFields'];
  readonly needsLocation?: boolean;
  /** `undefined` only for a request with faults, which the fields have noted. */
  readonly parse: (fields: RequestFields, request: DialectRequest) => Input | undefined;
  readonly act: (input: Input, request: DialectRequest, operations: Operations) => Promise<Outcome<Value> | Answered>;
  /** The error for a refusal that means something else here than elsewhere. */
  readonly meaning?: (outcome: Extract<Outcome<Value>, { kind: 'refused' }>) => ToastError | null;
  /** 200 unless given. */
  readonly status?: number;
  readonly render: (value: Value, request: DialectRequest, operations: Operations) => unknown;
  /** An error to answer with although the domain did what was asked: a card that was not saved. */
  readonly failure?: (value: Value, request: DialectRequest) => DialectResponse | null;
}

export interface RequestFields {
  readonly body: Fields;
  readonly path: Fields;
}

export function operation<Input, Value>({ errors }: Toast, definition: Operation<Input, Value>): Route {
  const { method, path, body, cardFields, isOpenToIframe = false } = definition;
  const access = isOpenToIframe ? (['secret', 'browser'] as const) : (['secret'] as const);
  return { method, path, body, access, ...(cardFields && { cardFields }), handle };

  async function handle(request: DialectRequest, operations: Operations): Promise<DialectResponse> {
    const { scope, parse, act, render, failure, meaning, needsLocation = false, status = 200 } = definition;
    if (request.access === 'secret' && !request.permissions.includes(scope)) return errors.own(SCOPE_MISSING, request);
    const notAdmitted = definition.admit?.(request) ?? null;
    if (notAdmitted) return errors.own(notAdmitted, request);
    if (Object.values(request.query).some((values) => values.length > 1)) {
      return errors.fault('malformed_query', { ...request, detail: 'A parameter is given more than once.' });
    }
    const faults = new Faults();
    const fields = { body: Fields.ofBody(faults, request.body), path: new Fields(faults, request.params) };
    checkLocation(fields.body, request, { isRequired: needsLocation });
    const input = parse(fields, request);
    const wrongLocation = refuseLocation(request);
    if (faults.first) return errors.parseFault(faults.first, request);
    if (wrongLocation) return errors.own(wrongLocation, request);
    if (input === undefined) throw new Error(`${method} ${path}: a request without faults was not understood`);

    const outcome = await act(input, request, operations);
    if (outcome.kind === 'answered') return errors.own(outcome.error, request);
    if (outcome.kind === 'refused') {
      const error = meaning?.(outcome) ?? null;
      return error ? errors.own(error, request) : errors.refusal(outcome.refusal, request);
    }
    const response = failure?.(outcome.value, request) ?? {
      status,
      body: status === 204 ? undefined : render(outcome.value, request, operations),
    };
    return outcome.replayed ? markReplayed(response) : response;
  }
}
