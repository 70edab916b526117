import { done } from '@onfile/core';
import Type from 'typebox';
import { problem } from './errors.js';
import { answerObject, Count, nullable, queryObject, renderTime, Text, Time } from './fields.js';
import { installationRoute, type OperatorRoute } from './operator-route.js';
import { LIMIT, limitOf } from './paging.js';
import type { OperatorPorts } from './ports.js';

const RequestSchema = answerObject({
  id: Text,
  at: Time,
  origin: Text,
  method: Text,
  path: Text,
  status: Count,
  duration_ms: Type.Number({ minimum: 0 }),
  merchant_id: nullable(Text),
  mode: nullable(Text),
  error_code: nullable(Text),
});

const WAIT_MS_MAX = 30_000;

export function requestRoutes({ requests }: OperatorPorts): readonly OperatorRoute[] {
  return [
    installationRoute(
      {
        method: 'GET',
        path: '/operator/v1/requests',
        summary:
          'The last 1,000 requests that this process answered, oldest first. They are in its memory only: a restart forgets them, and other processes have their own.',
        query: queryObject({
          cursor: Type.Optional(
            Type.Union([Type.Literal('latest'), Type.String({ pattern: '^\\d{1,15}$' })], {
              description: '`latest` starts after everything that is there.',
            }),
          ),
          ...LIMIT,
          wait_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: WAIT_MS_MAX, default: 0 })),
        }),
        answer: answerObject({ data: Type.Array(RequestSchema), next_cursor: Text }),
      },
      'either',
      async ({ caller, query, signal }) => {
        const { cursor, wait_ms: waitMs = 0 } = query;
        const position = cursor === undefined ? null : cursor === 'latest' ? Number.POSITIVE_INFINITY : Number(cursor);
        const scope = caller.kind === 'merchant' ? caller.scope : null;
        const read = await requests.read({ position, scope, limit: limitOf(query) }, { waitMs, signal });
        if ('kind' in read) return problem('too_many_waiting', { param: 'wait_ms' });
        return done({
          data: read.requests.map((request) => ({
            id: request.id,
            at: renderTime(request.at),
            origin: request.origin,
            method: request.method,
            path: request.path,
            status: request.status,
            duration_ms: request.durationMs,
            merchant_id: request.merchantId,
            mode: request.mode,
            error_code: request.errorCode,
          })),
          next_cursor: String(read.position),
        });
      },
    ),
  ];
}
