import type { Scope, Uuid } from '@onfile/core';
import type { AnsweredRequest } from '@onfile/dialects';
import { expect, test } from 'vitest';
import { createRequestRing } from './request-ring.js';
import { createWaitingRoom } from './waiting-room.js';

const signal = new AbortController().signal;
const AT_ONCE = { waitMs: 0, signal };

function aRequest(id: string, merchantId: string | null = null): AnsweredRequest {
  return {
    ...{ id, at: 0, origin: 'api', method: 'GET', path: '/healthz', status: 200, durationMs: 1, errorCode: null },
    ...{ merchantId, mode: merchantId === null ? null : 'test' },
  };
}

async function read(
  ring: ReturnType<typeof createRequestRing>,
  from: { position?: number | null; scope?: Scope | null; limit?: number } = {},
) {
  const found = await ring.read({ position: null, scope: null, limit: 10, ...from }, AT_ONCE);
  if ('kind' in found) throw new Error(found.kind);
  return { ids: found.requests.map(({ id }) => id), position: found.position };
}

test('The latest requests are kept, oldest first, and read on from any place', async () => {
  const ring = createRequestRing(createWaitingRoom(), 3);
  for (const id of ['a', 'b', 'c', 'd', 'e']) ring.add(aRequest(id));
  expect(await read(ring)).toEqual({ ids: ['c', 'd', 'e'], position: 5 });
  expect(await read(ring, { limit: 2 })).toEqual({ ids: ['c', 'd'], position: 4 });
  expect(await read(ring, { position: 4 })).toEqual({ ids: ['e'], position: 5 });
  expect(await read(ring, { position: 1 })).toEqual({ ids: ['c', 'd', 'e'], position: 5 });
  expect(await read(ring, { position: Number.POSITIVE_INFINITY })).toEqual({ ids: [], position: 5 });
});

test('A position from before a restart goes on with what there is', async () => {
  const ring = createRequestRing(createWaitingRoom());
  ring.add(aRequest('a'));
  expect(await read(ring, { position: 900 })).toEqual({ ids: [], position: 1 });
});

test('A merchant is shown its own requests in its own mode alone', async () => {
  const ring = createRequestRing(createWaitingRoom());
  for (const [id, merchant] of [
    ['a', 'm'],
    ['b', 'n'],
    ['c', null],
    ['d', 'm'],
  ] as const)
    ring.add(aRequest(id, merchant));
  const merchantId = 'm' as Uuid;
  expect(await read(ring, { scope: { merchantId, mode: 'test' } })).toEqual({ ids: ['a', 'd'], position: 4 });
  expect(await read(ring, { scope: { merchantId, mode: 'live' } })).toEqual({ ids: [], position: 4 });
});
