import { EVENT_TYPES, type EventType } from '@onfile/core';

export const ALL_EVENT_TYPES: readonly EventType[] = Object.values(EVENT_TYPES).flat();

/** `setup_flow.*` stands for every name that begins with `setup_flow.`, and `*` for all. */
export function isEventNamed(name: string, wanted: string): boolean {
  return wanted === '*' || name === wanted || (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1)));
}
