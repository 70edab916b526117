import type { Storage } from '@onfile/core';
import type { HttpAnswer, HttpRoute } from './http-route.js';
import type { Metrics } from './metrics.js';

/**
 * For whoever runs this process: `/healthz` says that it lives, `/readyz` that it can do its work (its database answers,
 * with tables that it knows since it would not have started otherwise), `/metrics` how it does. No key is asked for: they
 * tell nothing of any merchant.
 */
export function operationRoutes(host: {
  readonly storage: Pick<Storage, 'ping'>;
  readonly metrics: Metrics;
  readonly isStopping: () => boolean;
}): readonly HttpRoute[] {
  return [
    { method: 'GET', path: '/healthz', handle: async () => json(200, { status: 'ok' }) },
    { method: 'GET', path: '/readyz', handle: () => answerReadiness(host) },
    {
      method: 'GET',
      path: '/metrics',
      async handle() {
        const rendered = await host.metrics.render();
        if (rendered === null) return json(503, { status: 'worker_silent' });
        const { contentType, text } = rendered;
        return { status: 200, headers: { 'content-type': contentType }, body: text };
      },
    },
  ];
}

async function answerReadiness(host: {
  readonly storage: Pick<Storage, 'ping'>;
  readonly isStopping: () => boolean;
}): Promise<HttpAnswer> {
  if (host.isStopping()) return json(503, { status: 'stopping' });
  try {
    await host.storage.ping();
    return json(200, { status: 'ready' });
  } catch {
    return json(503, { status: 'database_unavailable' });
  }
}

function json(status: number, body: object): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...(status === 503 ? { 'retry-after': '1' } : {}) },
    body: JSON.stringify(body),
  };
}
