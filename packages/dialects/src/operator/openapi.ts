import { done } from '@onfile/core';
import Type, { type TObject, type TSchema } from 'typebox';
import { answerObject, Text } from './fields.js';
import { installationRoute, type OperatorRoute } from './operator-route.js';

const PATH = '/operator/v1/openapi.json';

/** The route that describes all of them, itself included. */
export function openApiRoute(routes: readonly OperatorRoute[], version: string): OperatorRoute {
  const own = installationRoute(
    { method: 'GET', path: PATH, summary: 'This description.', answer: Type.Object({}) },
    'everybody',
    async () => done(document),
  );
  const document = describeRoutes([own, ...routes], version);
  return own;
}

/** OpenAPI 3.1, from the schemas that requests are checked by. */
function describeRoutes(routes: readonly OperatorRoute[], version: string) {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:([a-z_]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Onfile operator API',
      version,
      description: 'For operators, and for merchants’ own servers with their secret keys. Times are in UTC.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An operator key (op_…) or a secret key (sk_…).' },
      },
      schemas: { Error: ErrorSchema },
      responses: {
        Error: {
          description: 'Not done, and why.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  };
}

const FaintColorSchema = answerObject({
  field: Text,
  theme: Type.Enum(['light', 'dark']),
  pair: Text,
  ratio: Type.Number(),
  required: Type.Number(),
  nearest: Text,
});

const ErrorSchema = answerObject({
  error: answerObject({
    code: Text,
    message: Text,
    param: Type.Optional(Text),
    contrasts: Type.Optional(Type.Array(FaintColorSchema)),
  }),
});

function describeRoute(route: OperatorRoute): object {
  const { access, summary, query, body, answer, status } = route;
  return {
    operationId: operationId(route),
    summary,
    ...(access === 'everybody' && { security: [] }),
    parameters: [...pathParameters(route), ...queryParameters(query), ...(access === 'merchants' ? SCOPE_HEADERS : [])],
    ...(body && {
      requestBody: { required: requiredOf(body).length > 0, content: { 'application/json': { schema: body } } },
    }),
    responses: {
      [status]: { description: 'Done.', content: { 'application/json': { schema: answer } } },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** `GET /operator/v1/events/:id` is `get_events_id`. */
function operationId({ method, path }: OperatorRoute): string {
  const words = path.replace('/operator/v1/', '').replaceAll(/[^a-z_]+/g, '_');
  return `${method.toLowerCase()}_${words}`;
}

const pathParameters = ({ path }: OperatorRoute) =>
  [...path.matchAll(/:([a-z_]+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: Text }));

function queryParameters(query: TObject) {
  return Object.entries(query.properties as Record<string, TSchema>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: requiredOf(query).includes(name),
    schema,
  }));
}

const SCOPE_HEADERS = [
  {
    name: 'Onfile-Merchant',
    in: 'header',
    description: 'With an operator key: whose data. May be left out while there is one merchant.',
    schema: { type: 'string', format: 'uuid' },
  },
  {
    name: 'Onfile-Mode',
    in: 'header',
    description: 'With an operator key.',
    schema: { type: 'string', enum: ['test', 'live'], default: 'test' },
  },
];

function requiredOf({ required }: TObject): readonly string[] {
  return required ?? [];
}
