import type { Clock } from '@onfile/core';

export const systemClock: Clock = { now: () => Date.now() };
