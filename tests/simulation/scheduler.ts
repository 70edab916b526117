import type { Instant } from '@onfile/core';

/** More steps than any history takes; a history that takes more goes round in circles. */
const STEPS_MAX = 200_000;

interface Step {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Owns time. Everything that happens outside the program under test is a step at a moment; between two steps the program
 * runs until it waits again, for nothing but a step can give it an answer. Moments have fractions of milliseconds and are
 * drawn from seeds, so their order is any order there may be, and the same for the same seeds.
 */
export class Scheduler {
  readonly #steps: Step[] = [];
  readonly #trace: string[] = [];
  #now: number;
  #stepCount = 0;
  #orders = 0;
  #hash = 0x811c9dc5;

  constructor(startsAt: Instant) {
    this.#now = startsAt;
  }

  /** As the program sees it: in whole milliseconds. */
  now(): Instant {
    return Math.floor(this.#now);
  }

  get stepCount(): number {
    return this.#stepCount;
  }

  /** What happened, a line each. */
  get trace(): readonly string[] {
    return this.#trace;
  }

  /** A digest of everything that happened and when. */
  get traceHash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  note(line: string): void {
    const text = `${this.#now.toFixed(3)} ${line}`;
    this.#trace.push(text);
    for (let i = 0; i < text.length; i += 1) this.#hash = Math.imul(this.#hash ^ text.charCodeAt(i), 0x01000193);
  }

  after(delayMs: number, run: () => void): void {
    this.#orders += 1;
    push(this.#steps, { at: this.#now + delayMs, order: this.#orders, run });
  }

  /** A promise for that moment. */
  passed(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Takes steps until `isOver`, or none is left; after each, before the program goes on, `afterStep` looks. */
  async run(isOver: () => boolean, afterStep: () => void): Promise<void> {
    await settled();
    while (!isOver()) {
      const step = pop(this.#steps);
      if (step === undefined) return;
      if (this.#stepCount >= STEPS_MAX) throw new Error(`The history did not end within ${STEPS_MAX} steps`);
      this.#stepCount += 1;
      this.#now = Math.max(this.#now, step.at);
      step.run();
      afterStep();
      await settled();
    }
  }
}

/** When everything that can go on has gone on: only promises run between two steps, and all of them before this one. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isEarlier(a: Step, b: Step): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Step[], step: Step): void {
  heap.push(step);
  let index = heap.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isEarlier(heap[index] as Step, heap[parent] as Step)) return;
    swap(heap, index, parent);
    index = parent;
  }
}

function pop(heap: Step[]): Step | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || first === last) return first;
  heap[0] = last;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const child = left + 1 < heap.length && isEarlier(heap[left + 1] as Step, heap[left] as Step) ? left + 1 : left;
    if (child >= heap.length || !isEarlier(heap[child] as Step, heap[index] as Step)) return first;
    swap(heap, index, child);
    index = child;
  }
}

function swap(heap: Step[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as Step, heap[a] as Step];
}
