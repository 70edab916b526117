import {
  done,
  type EndpointWithSecret,
  type Scope,
  type Uuid,
  type WebhookEndpoint,
  type WebhookOutcome,
} from '@onfile/core';
import type { Static } from 'typebox';
import Type from 'typebox';
import { problem, problemOfWebhook } from './errors.js';
import {
  answerObject,
  Count,
  Id,
  Mode,
  nullable,
  queryObject,
  renderTime,
  renderTimeOrNull,
  Text,
  Time,
} from './fields.js';
import { type Answered, merchantRoute, type OperatorRoute } from './operator-route.js';
import { listOf, PAGE, pageOf, renderList } from './paging.js';
import type { OperatorPorts } from './ports.js';

const EndpointSchema = answerObject({
  id: Id,
  mode: Mode,
  url: Text,
  dialect: Text,
  events: nullable(Type.Array(Text)),
  state: Type.Enum(['enabled', 'disabled']),
  disabled_reason: nullable(Text),
  failures: Count,
  failing_since: nullable(Time),
  probe_at: nullable(Time),
  created_at: Time,
  updated_at: Time,
});
const WithSecretSchema = answerObject({ ...EndpointSchema.properties, secret: Text, token: nullable(Text) });

const Events = nullable(Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 }));
const Url = Type.String({ minLength: 1, maxLength: 4_000 });
const Dialect = Type.String({ description: 'Whose bodies it gets: payjp, unless given, or onfile.' });
const HOUR_MS = 60 * 60_000;
const OVERLAP_HOURS_MAX = 30 * 24;

export function webhookEndpointRoutes({ webhooks, names }: OperatorPorts): readonly OperatorRoute[] {
  const render = (endpoint: WebhookEndpoint): Static<typeof EndpointSchema> => ({
    id: endpoint.id,
    mode: endpoint.scope.mode,
    url: endpoint.url,
    dialect: endpoint.dialect,
    events: endpoint.wantsAllEvents ? null : [...webhooks.namesOf(endpoint)],
    state: endpoint.state,
    disabled_reason: endpoint.disabledReason,
    failures: endpoint.failures,
    failing_since: renderTimeOrNull(endpoint.failingSince),
    probe_at: renderTimeOrNull(endpoint.probeAt),
    created_at: renderTime(endpoint.createdAt),
    updated_at: renderTime(endpoint.updatedAt),
  });
  const renderWithSecret = ({ endpoint, secret, token }: EndpointWithSecret) => ({
    ...render(endpoint),
    secret,
    token,
  });
  const act = async <T, R>(
    params: Readonly<Record<string, string>>,
    change: (id: Uuid) => Promise<WebhookOutcome<T>>,
    show: (value: T) => R,
  ): Promise<Answered<R>> => {
    const id = names.idOf('webhook_endpoint', params.id ?? '');
    if (id === null) return problem('not_found');
    const outcome = await change(id);
    return outcome.kind === 'refused' ? problemOfWebhook(outcome.refusal) : done(show(outcome.value));
  };
  const find = async (scope: Scope, id: Uuid): Promise<WebhookOutcome<WebhookEndpoint>> => {
    const found = (await webhooks.listEndpoints(scope)).find((endpoint) => endpoint.id === id);
    return found ? { kind: 'done', value: found } : { kind: 'refused', refusal: { code: 'endpoint_not_found', id } };
  };
  const path = '/operator/v1/webhook_endpoints';

  return [
    merchantRoute(
      {
        method: 'GET',
        path,
        summary: 'The merchant’s webhook endpoints in this mode, newest first.',
        query: queryObject(PAGE),
        answer: listOf(EndpointSchema),
      },
      async ({ scope, query }) => renderList(pageOf(await webhooks.listEndpoints(scope), query), render),
    ),
    merchantRoute(
      {
        method: 'POST',
        path,
        summary: 'Register an endpoint. The answer shows its signing secret.',
        body: Type.Object(
          { url: Url, dialect: Type.Optional(Dialect), events: Type.Optional(Events) },
          { additionalProperties: false },
        ),
        answer: WithSecretSchema,
        status: 201,
      },
      async ({ scope, body: { url, dialect = 'payjp', events = null } }) => {
        const outcome = await webhooks.createEndpoint({ scope, url, dialect, events });
        return outcome.kind === 'refused' ? problemOfWebhook(outcome.refusal) : done(renderWithSecret(outcome.value));
      },
    ),
    merchantRoute(
      { method: 'GET', path: `${path}/:id`, summary: 'One endpoint.', answer: EndpointSchema },
      ({ scope, params }) => act(params, (id) => find(scope, id), render),
    ),
    merchantRoute(
      {
        method: 'PATCH',
        path: `${path}/:id`,
        summary: 'Change where events go, or which. What waits goes to the new address.',
        body: Type.Object({ url: Type.Optional(Url), events: Type.Optional(Events) }, { additionalProperties: false }),
        answer: EndpointSchema,
      },
      ({ scope, params, body }) => act(params, (id) => webhooks.updateEndpoint(scope, id, body), render),
    ),
    merchantRoute(
      {
        method: 'DELETE',
        path: `${path}/:id`,
        summary: 'Remove an endpoint with everything that waits for it. Events stay.',
        answer: answerObject({ id: Id, deleted: Type.Literal(true) }),
      },
      ({ scope, params }) =>
        act(
          params,
          (id) => webhooks.deleteEndpoint(scope, id),
          ({ id }) => ({ id, deleted: true as const }),
        ),
    ),
    merchantRoute(
      {
        method: 'POST',
        path: `${path}/:id/roll_secret`,
        summary: 'Give it a new signing secret, which the answer shows. The one before signs along for overlap_hours.',
        body: Type.Object(
          { overlap_hours: Type.Optional(Type.Integer({ minimum: 0, maximum: OVERLAP_HOURS_MAX, default: 24 })) },
          { additionalProperties: false },
        ),
        answer: WithSecretSchema,
      },
      ({ scope, params, body: { overlap_hours = 24 } }) =>
        act(params, (id) => webhooks.rollSecret(scope, id, overlap_hours * HOUR_MS), renderWithSecret),
    ),
    merchantRoute(
      {
        method: 'POST',
        path: `${path}/:id/enable`,
        summary: 'Send what waits, now.',
        answer: EndpointSchema,
      },
      ({ scope, params }) => act(params, (id) => webhooks.enableEndpoint(scope, id), render),
    ),
    merchantRoute(
      {
        method: 'POST',
        path: `${path}/:id/disable`,
        summary: 'Send nothing any more. What waits stays.',
        answer: EndpointSchema,
      },
      ({ scope, params }) => act(params, (id) => webhooks.disableEndpoint(scope, id), render),
    ),
  ];
}
