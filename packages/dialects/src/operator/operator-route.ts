import type { Outcome, Scope } from '@onfile/core';
import type { Static, TObject, TSchema } from 'typebox';
import Type from 'typebox';
import Value from 'typebox/value';
import type { DialectResponse } from '../dialect.js';
import { answerProblem, type Problem, problem, problemOf } from './errors.js';

/** Who sent a request: an operator, or the server of a merchant with its secret key, in the mode of that key. */
export type OperatorCaller = { readonly kind: 'operator' } | { readonly kind: 'merchant'; readonly scope: Scope };

/**
 * `everybody`: no key is asked for. `operators`: no merchant's key. `merchants`: an operator for the merchant that they
 * name, or that merchant's own secret key. `either`: a merchant's key sees its own part of it.
 */
type OperatorAccess = 'everybody' | 'operators' | 'merchants' | 'either';

interface OperatorMethodAndPath {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A template such as `/operator/v1/events/:id`. */
  readonly path: string;
}

/** One request of the operator API, with the schemas that requests are checked by and answers are described by. */
export interface OperatorRoute extends OperatorMethodAndPath {
  readonly access: OperatorAccess;
  /** A merchant’s own key is refused, though the route is about a merchant. */
  readonly onlyOperators: boolean;
  readonly summary: string;
  readonly query: TObject;
  /** `null` when the route takes none. */
  readonly body: TObject | null;
  readonly answer: TSchema;
  readonly status: 200 | 201;
  handle(request: RawRequest): Promise<DialectResponse>;
}

interface RawRequest {
  readonly caller: OperatorCaller;
  /** Whose data the request is about; `null` where the route names no merchant. */
  readonly scope: Scope | null;
  readonly params: Readonly<Record<string, string>>;
  /** Each parameter with all its values. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly body: unknown;
  /** Ends when the caller is gone, or the server stops. */
  readonly signal: AbortSignal;
}

/** A request whose parts are as its schemas say. */
interface CheckedRequest<Q, B> {
  readonly caller: OperatorCaller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  readonly signal: AbortSignal;
}

export type Answered<T> = Outcome<T> | { readonly kind: 'problem'; readonly problem: Problem };

interface Definition<Q extends TObject, B extends TObject, A extends TSchema> extends OperatorMethodAndPath {
  readonly summary: string;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: A;
  readonly status?: 201;
  readonly onlyOperators?: true;
}

type Handler<Q extends TObject, B extends TObject, A extends TSchema> = (
  request: CheckedRequest<Static<Q>, Static<B>>,
) => Promise<Answered<Static<A>>>;

/** A route about one merchant's data in one mode. */
export function merchantRoute<
  A extends TSchema,
  Q extends TObject = typeof NOTHING,
  B extends TObject = typeof NOTHING,
>(
  definition: Definition<Q, B, A>,
  handle: (request: CheckedRequest<Static<Q>, Static<B>> & { readonly scope: Scope }) => Promise<Answered<Static<A>>>,
): OperatorRoute {
  return checkedRoute(definition, 'merchants', (request, scope) => {
    if (scope === null) throw new Error(`${definition.path} was asked without a merchant`);
    return handle({ ...request, scope });
  });
}

/** A route about the installation. */
export function installationRoute<
  A extends TSchema,
  Q extends TObject = typeof NOTHING,
  B extends TObject = typeof NOTHING,
>(
  definition: Definition<Q, B, A>,
  access: Exclude<OperatorAccess, 'merchants'>,
  handle: Handler<Q, B, A>,
): OperatorRoute {
  return checkedRoute(definition, access, handle);
}

const NOTHING = Type.Object({}, { additionalProperties: false });

function checkedRoute<Q extends TObject, B extends TObject, A extends TSchema>(
  definition: Definition<Q, B, A>,
  access: OperatorAccess,
  handle: (request: CheckedRequest<Static<Q>, Static<B>>, scope: Scope | null) => Promise<Answered<Static<A>>>,
): OperatorRoute {
  const { method, path, summary, answer, query = NOTHING, body = null, status = 200 } = definition;
  const onlyOperators = access === 'operators' || definition.onlyOperators === true;
  return {
    method,
    path,
    access,
    onlyOperators,
    summary,
    query,
    body,
    answer,
    status,
    async handle({ caller, scope, params, query: sent, body: sentBody, signal }) {
      const checkedQuery = checkQuery(query, sent);
      if (checkedQuery.kind === 'problem') return answerProblem(checkedQuery.problem);
      const checkedBody = body === null ? { kind: 'fine' as const, value: {} } : check(body, sentBody ?? {});
      if (checkedBody.kind === 'problem') return answerProblem(checkedBody.problem);

      const values = { query: checkedQuery.value as Static<Q>, body: checkedBody.value as Static<B> };
      const answered = await handle({ caller, params, signal, ...values }, scope);
      if (answered.kind === 'problem') return answerProblem(answered.problem);
      if (answered.kind === 'refused') return answerProblem(problemOf(answered.refusal));
      return { status, body: answered.value };
    },
  };
}

type Checked =
  | { readonly kind: 'fine'; readonly value: unknown }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** In an address everything is text: what its schema has as a number is read as one. */
function checkQuery(schema: TObject, sent: RawRequest['query']): Checked {
  const values: Record<string, unknown> = {};
  for (const [name, [first, ...others]] of Object.entries(sent)) {
    if (others.length > 0) return refused({ message: 'Give it once.', param: name });
    values[name] = first;
  }
  return check(schema, Value.Convert(schema, values));
}

function check(schema: TObject, value: unknown): Checked {
  if (Value.Check(schema, value)) return { kind: 'fine', value };
  const unknown = unknownNames(schema, value);
  if (unknown.length > 0) {
    const known = Object.keys(schema.properties);
    const message = `Not known here. Known: ${known.length === 0 ? 'none' : known.join(', ')}.`;
    return refused({ message, param: unknown[0] ?? '' });
  }
  const [first] = Value.Errors(schema, value);
  const param = first?.keyword === 'required' ? missingName(first.params) : (first?.instancePath.slice(1) ?? '');
  const message = `It ${first?.message ?? 'is not as it has to be'}.`;
  return refused({ message, ...(param === '' ? {} : { param: param.replaceAll('/', '.') }) });
}

function unknownNames({ properties }: TObject, value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
}

function missingName(params: unknown): string {
  const { requiredProperties = [] } = params as { requiredProperties?: readonly string[] };
  return requiredProperties[0] ?? '';
}

function refused(facts: { readonly message: string; readonly param?: string }): Checked {
  return { kind: 'problem', problem: problem('invalid_request', facts).problem };
}
