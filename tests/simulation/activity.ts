import { StorageFault } from '@onfile/core';
import type { SeededRandom } from './random.js';
import type { Scheduler } from './scheduler.js';

/** How often each thing goes wrong, from 0 to 1. */
export interface FaultRates {
  readonly storage: number;
  readonly processor: number;
  readonly receiver: number;
  readonly lostReply: number;
  /** A step takes minutes instead of milliseconds: a machine that slept, a network that kept a packet. */
  readonly freeze: number;
}

export const NO_FAULTS: FaultRates = { storage: 0, processor: 0, receiver: 0, lostReply: 0, freeze: 0 };

/** A server process: it can end between any two steps, and then nothing of it goes on. */
export class SimulatedProcess {
  readonly name: string;
  #life = 0;
  #mourners: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get life(): number {
    return this.#life;
  }

  /** Ends it, and starts it again at once with nothing in memory. */
  crash(): void {
    this.#life += 1;
    const mourners = this.#mourners;
    this.#mourners = [];
    for (const tell of mourners) tell();
  }

  whenCrashed(tell: () => void): void {
    this.#mourners.push(tell);
  }
}

/** One run of one operation in one process: everything it asks of the outside, with its own luck. */
export class Activity {
  readonly name: string;
  readonly random: SeededRandom;
  readonly rates: FaultRates;
  readonly #scheduler: Scheduler;
  readonly #process: SimulatedProcess;
  readonly #life: number;

  constructor(
    scheduler: Scheduler,
    process: SimulatedProcess,
    { name, random, rates }: { readonly name: string; readonly random: SeededRandom; readonly rates: FaultRates },
  ) {
    this.#scheduler = scheduler;
    this.#process = process;
    this.#life = process.life;
    this.name = `${name}@${process.name}`;
    this.random = random;
    this.rates = rates;
  }

  get isAlive(): boolean {
    return this.#process.life === this.#life;
  }

  /**
   * Asks the outside: `act` happens there at a later step, and its answer comes back at a still later one. What was sent
   * before a crash may happen all the same; its answer goes nowhere.
   */
  ask<T>(label: string, act: () => T, { losesAnswer }: { readonly losesAnswer?: () => unknown } = {}): Promise<T> {
    const isSent = this.random.chance(0.5);
    return new Promise<T>((resolve, reject) => {
      this.#scheduler.after(this.latencyMs(), () => {
        if (!this.isAlive && !isSent) return;
        const { answer, fault } = attempted(act);
        this.note(`${label}${fault === null ? '' : ` threw ${String(fault)}`}`);
        this.answerLater(() => {
          if (fault !== null) return reject(fault);
          return losesAnswer ? reject(losesAnswer()) : resolve(answer as T);
        });
      });
    });
  }

  /** A statement to the database, which may fail before or after it had its effect. */
  query<T>(label: string, act: () => T, lookUp: (answer: T) => T): Promise<T> {
    if (!this.random.chance(this.rates.storage)) return this.ask(label, act);
    switch (this.random.below(3)) {
      case 0:
        return this.ask(`${label} lost on the way`, () => {
          throw lostConnection();
        });
      case 1:
        return this.ask(`${label} answer lost`, act, { losesAnswer: lostConnection });
      default:
        return this.ask(`${label} looked up`, () => lookUp(act()));
    }
  }

  /** Lets the program go on, if it still runs by then. */
  answerLater(run: () => void, delayMs = this.latencyMs()): void {
    this.#scheduler.after(delayMs, () => {
      if (this.isAlive) run();
    });
  }

  later(delayMs: number, run: () => void): void {
    this.#scheduler.after(delayMs, run);
  }

  note(line: string): void {
    this.#scheduler.note(`${this.name}: ${line}`);
  }

  latencyMs(): number {
    const { random, rates } = this;
    if (random.chance(rates.freeze)) return random.fraction() * 180_000;
    return random.chance(0.1) ? random.fraction() * 2_000 : random.fraction() * 20;
  }
}

function attempted<T>(act: () => T): { readonly answer?: T; readonly fault: unknown } {
  try {
    return { answer: act(), fault: null };
  } catch (fault) {
    if (fault instanceof Violation) throw fault;
    return { fault };
  }
}

function lostConnection(): StorageFault {
  return new StorageFault('The connection to the database was lost', { code: 'connection' });
}

/** What must never be. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
