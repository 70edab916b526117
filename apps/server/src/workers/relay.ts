import type { Answer, ToPrimary, ToWorker } from './messages.js';

/** A worker, as far as messages go. */
export interface Correspondent {
  readonly id: number;
  tell(message: ToWorker): void;
}

/**
 * Hands a worker's question on to all others and their answers back, in the primary: workers have no way to one another. Who
 * ends before it has answered is `gone`.
 */
export class Relay {
  readonly #workers = new Map<number, Correspondent>();
  readonly #asked = new Map<number, Asked>();
  #count = 0;

  /** From now on it is asked what others want to know. */
  join(worker: Correspondent): void {
    this.#workers.set(worker.id, worker);
  }

  leave({ id }: Pick<Correspondent, 'id'>): void {
    this.#workers.delete(id);
    for (const [number, { asker, waitingFor }] of this.#asked) {
      if (asker.id === id) this.#asked.delete(number);
      else if (waitingFor.has(id)) this.#answered(number, id, { kind: 'gone' });
    }
  }

  take(worker: Correspondent, message: Exclude<ToPrimary, { kind: 'listening' }>): void {
    if (message.kind === 'answer') this.#answered(message.number, worker.id, message.answer);
    else this.#ask(worker, message);
  }

  #ask(asker: Correspondent, { number: askersNumber, question, body }: ToPrimary & { kind: 'ask' }): void {
    const others = [...this.#workers.values()].filter(({ id }) => id !== asker.id);
    if (others.length === 0) {
      asker.tell({ kind: 'answers', number: askersNumber, answers: [] });
      return;
    }
    this.#count += 1;
    const number = this.#count;
    this.#asked.set(number, { asker, askersNumber, answers: [], waitingFor: new Set(others.map(({ id }) => id)) });
    for (const other of others) other.tell({ kind: 'asked', number, question, body });
  }

  #answered(number: number, id: number, answer: Answer): void {
    const asked = this.#asked.get(number);
    if (asked === undefined || !asked.waitingFor.delete(id)) return;
    asked.answers.push(answer);
    if (asked.waitingFor.size > 0) return;
    this.#asked.delete(number);
    asked.asker.tell({ kind: 'answers', number: asked.askersNumber, answers: asked.answers });
  }
}

interface Asked {
  readonly asker: Correspondent;
  /** The asker's own number of the question. */
  readonly askersNumber: number;
  readonly waitingFor: Set<number>;
  readonly answers: Answer[];
}
