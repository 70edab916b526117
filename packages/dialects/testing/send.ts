import type { Call, Operations, Scope } from '@onfile/core';
import { SCOPE } from '@onfile/core/testing';
import type { Access, Dialect, DialectResponse, Route } from '../src/dialect.js';

/** A request as a test writes it: only what the case is about. */
export interface TestRequest {
  readonly access?: Access;
  readonly scope?: Scope;
  readonly permissions?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  readonly operations?: TestOperations;
}

/** Some operations; a test fails when another is called. */
export type TestOperations = {
  readonly [G in keyof Operations]?: Partial<Operations[G]>;
};

/** The answer, with its body ready to be looked into. */
export type TestResponse = Omit<DialectResponse, 'body'> & {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any;
};

/** Puts a request such as `POST /v2/customers` to the dialect, as the HTTP layer would. */
export async function send(dialect: Dialect, target: string, request: TestRequest = {}): Promise<TestResponse> {
  const [method = '', path = ''] = target.split(' ');
  const { route, params } = findRoute(dialect, method, path);
  const { access = 'secret', permissions = [], headers = {}, scope = SCOPE } = request;
  const { query = {}, body, operations = {} } = request;
  const call: Call = { scope, idempotency: null, client: { address: null, userAgent: null } };
  const lists = Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]);
  const { body: rendered, ...response } = await route.handle(
    {
      call,
      access,
      permissions,
      headers,
      params,
      query: Object.fromEntries(lists),
      body,
      path,
      vaultUrl: 'https://vault.example',
      pageOrigin: null,
      requestId: 'request',
    },
    strict(operations),
  );
  return { ...response, body: rendered === undefined ? undefined : JSON.parse(JSON.stringify(rendered)) };
}

export function findRoute(
  dialect: Dialect,
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } {
  const segments = path.split('/');
  const matches = dialect.routes
    .filter((route) => route.method === method)
    .map((route) => ({ route, params: matchTemplate(route.path.split('/'), segments) }))
    .filter((match): match is { route: Route; params: Record<string, string> } => match.params !== null)
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  const [first] = matches;
  if (!first) throw new Error(`no route for ${method} ${path}`);
  return first;
}

function matchTemplate(template: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (template.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return null;
  }
  return params;
}

function strict(operations: TestOperations): Operations {
  const group = (name: string) =>
    new Proxy((operations as Record<string, object>)[name] ?? {}, {
      get(target, operation) {
        const given = Reflect.get(target, operation);
        if (given === undefined) throw new Error(`${name}.${String(operation)} was not expected to be called`);
        return given;
      },
    });
  return new Proxy({}, { get: (_, name) => group(String(name)) }) as Operations;
}
