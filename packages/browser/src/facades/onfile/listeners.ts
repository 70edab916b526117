import type { CardFormEvents } from '@onfile/js';

type Listener = (detail: never) => void;

export interface Listeners {
  on<E extends keyof CardFormEvents>(event: E, listener: (detail: CardFormEvents[E]) => void): () => void;
  tell<E extends keyof CardFormEvents>(event: E, detail: CardFormEvents[E]): void;
}

/** Who listens to a form. One that throws is the page's own fault, told as such, and stops no other. */
export function createListeners(): Listeners {
  const known = new Set<{ readonly event: string; readonly listener: Listener }>();
  return {
    on(event, listener) {
      const entry = { event, listener };
      known.add(entry);
      return () => known.delete(entry);
    },
    tell(event, detail) {
      for (const entry of [...known]) {
        if (entry.event !== event) continue;
        try {
          entry.listener(detail as never);
        } catch (error) {
          reportError(error);
        }
      }
    },
  };
}
