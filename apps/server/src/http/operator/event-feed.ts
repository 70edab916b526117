import type { FollowedEvents, Storage } from '@onfile/core';
import type { EventFeed } from '@onfile/dialects';
import { waitFor } from './wait-for.js';
import type { WaitingRoom } from './waiting-room.js';

/** A filter that fits nothing looks at so many pages for one answer; then its reader goes on from where it came to. */
const PAGES_MAX = 20;

export function createEventFeed(storage: Pick<Storage, 'followEvents'>, room: WaitingRoom): EventFeed {
  return {
    async follow(scope, { position: start, filter }, { limit, ...waiting }) {
      let position = start;
      const look = async () => {
        let read: FollowedEvents;
        let pages = 0;
        do {
          read = await storage.followEvents(scope, { position, filter }, limit);
          if (read.kind === 'read') position = read.position;
          pages += 1;
        } while (hasOnlyPassedOver(read) && pages < PAGES_MAX);
        return read;
      };
      const isThere = (read: FollowedEvents) => read.kind !== 'read' || read.events.length > 0 || read.hasMore;
      return (await waitFor(room, waiting, { look, isThere })) ?? { kind: 'too_many_waiting' };
    },
  };
}

function hasOnlyPassedOver(read: FollowedEvents): boolean {
  return read.kind === 'read' && read.events.length === 0 && read.hasMore;
}
