import type { AnsweredRequest, RequestLog } from '@onfile/dialects';
import { waitFor } from './wait-for.js';
import type { WaitingRoom } from './waiting-room.js';

const REQUESTS_KEPT_MAX = 1_000;

export interface RequestRing extends RequestLog {
  add(request: AnsweredRequest): void;
}

/** The requests that this process answered last. Each has a number, from 1 on, by which readers go on. */
export function createRequestRing(room: WaitingRoom, keptMax = REQUESTS_KEPT_MAX): RequestRing {
  const kept: AnsweredRequest[] = [];
  let count = 0;

  return {
    add(request) {
      kept[count % keptMax] = request;
      count += 1;
      room.ring();
    },

    async read({ position, scope, limit }, waiting) {
      const start = Math.min(position ?? 0, count);
      let next = Math.max(start, count - keptMax);
      const look = async () => {
        const requests: AnsweredRequest[] = [];
        for (next = Math.max(next, count - keptMax); next < count && requests.length < limit; next += 1) {
          const request = kept[next % keptMax];
          const isShown = scope === null || (request?.merchantId === scope.merchantId && request.mode === scope.mode);
          if (request && isShown) requests.push(request);
        }
        return { requests, position: next };
      };
      const found = await waitFor(room, waiting, { look, isThere: ({ requests }) => requests.length > 0 });
      return found ?? { kind: 'too_many_waiting' };
    },
  };
}
