type Handler = (event?: unknown) => void;

export interface Listeners {
  on(event: string, handler: Handler): void;
  off(event: string, handler: Handler): void;
  tell(event: string, payload?: unknown): void;
}

/** Who listens to a form. A handler that throws is the page's own fault, told as such, and stops no other. */
export function createListeners(): Listeners {
  const handlers = new Map<string, Set<Handler>>();
  return {
    on(event, handler) {
      handlers.set(event, (handlers.get(event) ?? new Set()).add(handler));
    },
    off(event, handler) {
      handlers.get(event)?.delete(handler);
    },
    tell(event, payload) {
      for (const handler of [...(handlers.get(event) ?? [])]) {
        try {
          handler(payload);
        } catch (error) {
          reportError(error);
        }
      }
    },
  };
}
