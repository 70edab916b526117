import { type ApiKey, done, type Uuid } from '@onfile/core';
import type { Static } from 'typebox';
import Type from 'typebox';
import { problem } from './errors.js';
import { answerObject, Id, Mode, nullable, queryObject, renderTime, renderTimeOrNull, Text, Time } from './fields.js';
import { merchantRoute, type OperatorRoute } from './operator-route.js';
import { listOf, PAGE, pageOf, renderList } from './paging.js';
import type { OperatorPorts } from './ports.js';

const Kind = Type.Enum(['secret', 'public']);

const KeySchema = answerObject({
  id: Id,
  kind: Kind,
  mode: Mode,
  name: nullable(Text),
  shown: Text,
  created_at: Time,
  revoked_at: nullable(Time),
});

/** A secret key can read everything of its merchant, but not make keys: who has stolen one could outlive its end. */
export function keyRoutes({ storage, clock, issueApiKey, describeApiKey }: OperatorPorts): readonly OperatorRoute[] {
  const render = (key: ApiKey): Static<typeof KeySchema> => ({
    id: key.id,
    kind: key.kind,
    mode: key.scope.mode,
    name: key.name,
    shown: describeApiKey(key),
    created_at: renderTime(key.createdAt),
    revoked_at: renderTimeOrNull(key.revokedAt),
  });

  return [
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/keys',
        summary: 'The merchant’s API keys in this mode, newest first; never the keys themselves.',
        query: queryObject(PAGE),
        answer: listOf(KeySchema),
      },
      async ({ scope, query }) => {
        const keys = await storage.listApiKeys(scope.merchantId);
        const ofMode = keys.filter((key) => key.scope.mode === scope.mode);
        return renderList(pageOf(ofMode, query), render);
      },
    ),
    merchantRoute(
      {
        method: 'POST',
        path: '/operator/v1/keys',
        summary: 'Make an API key. The answer alone shows it.',
        body: Type.Object(
          { kind: Type.Optional(Kind), name: Type.Optional(Type.String({ maxLength: 100 })) },
          { additionalProperties: false },
        ),
        answer: answerObject({ ...KeySchema.properties, key: Text }),
        status: 201,
        onlyOperators: true,
      },
      async ({ scope, body: { kind = 'secret', name = null } }) => {
        if (scope.mode === 'live') return problem('live_mode_unavailable');
        const { id, text } = await issueApiKey({ ...scope, kind: kind as ApiKey['kind'], name });
        const made = await storage.loadApiKey(scope.merchantId, id);
        if (made === null) throw new Error('A key that was made is not there');
        return done({ ...render(made), key: text });
      },
    ),
    merchantRoute(
      {
        method: 'DELETE',
        path: '/operator/v1/keys/:id',
        summary: 'End an API key: requests with it are refused within 5 seconds.',
        answer: KeySchema,
        onlyOperators: true,
      },
      async ({ scope, params }) => {
        const id = params.id as Uuid;
        const key = UUID.test(id) ? await storage.loadApiKey(scope.merchantId, id) : null;
        if (key === null || key.scope.mode !== scope.mode) return problem('not_found');
        await storage.revokeApiKey(scope.merchantId, id, clock.now());
        return done(render({ ...key, revokedAt: key.revokedAt ?? clock.now() }));
      },
    ),
  ];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
