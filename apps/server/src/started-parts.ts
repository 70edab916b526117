/** What was started so far. It is stopped in the reverse order, all of it, even when a part cannot be. */
export class StartedParts {
  readonly #stops: (() => Promise<unknown>)[] = [];

  add(stop: () => Promise<unknown>): void {
    this.#stops.push(stop);
  }

  /** Throws what went wrong, after everything was tried. Calling it again does no harm. */
  async stopAll(): Promise<void> {
    const faults: unknown[] = [];
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      await stop().catch((error) => faults.push(error));
    }
    if (faults.length > 0) throw new AggregateError(faults, 'Not everything could be stopped in order');
  }
}

/** Starts something made of parts. Whatever was started is stopped again when a later part cannot be. */
export async function startInOrder<T>(start: (parts: StartedParts) => Promise<T>): Promise<T> {
  const parts = new StartedParts();
  try {
    return await start(parts);
  } catch (error) {
    await parts.stopAll();
    throw error;
  }
}
