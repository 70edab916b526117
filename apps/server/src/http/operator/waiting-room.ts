/** Where requests wait for something to come: so many at once, and none once it is closed. */
export interface WaitingRoom {
  /** Something may have come: everybody looks. */
  ring(): void;
  /** `null` when it is full. Whoever entered has to leave. */
  enter(): Waiter | null;
  /** Ends every wait, and those to come. */
  close(): void;
}

const WAITERS_MAX = 100;

export function createWaitingRoom(waitersMax = WAITERS_MAX): WaitingRoom {
  const inside = new Set<Waiter>();
  let isClosed = false;
  return {
    ring() {
      for (const waiter of inside) waiter.ring();
    },
    enter() {
      if (inside.size >= waitersMax) return null;
      const waiter: Waiter = new Waiter(() => inside.delete(waiter));
      inside.add(waiter);
      if (isClosed) waiter.end();
      return waiter;
    },
    close() {
      isClosed = true;
      for (const waiter of inside) waiter.end();
    },
  };
}

/** One place in the room. */
export class Waiter {
  /** A ring between two waits is kept for the next one. */
  #isRung = false;
  #isEnded = false;
  #isResting = false;
  #wake: (() => void) | null = null;

  constructor(readonly leave: () => void) {}

  ring(): void {
    this.#isRung = true;
    if (!this.#isResting) this.#wake?.();
  }

  /** For good. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Until somebody rings or it ends, for so long at most; answers whether somebody rang. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#isRung && !this.#isEnded) await this.#sleep(ms);
    const isRung = this.#isRung;
    this.#isRung = false;
    return isRung;
  }

  /** Until it ends, for so long at most, whoever rings. */
  async rest(ms: number): Promise<void> {
    if (this.#isEnded) return;
    this.#isResting = true;
    await this.#sleep(ms);
    this.#isResting = false;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wake = wake;
    });
  }
}
