/** Groups under way at once: while one is carried out the next is read and written. More would be smaller, and spend more. */
const GROUPS_MAX = 2;
/** A group that takes longer, since it waits for a lock or on a silent connection, does not hold up the next any longer. */
const HOLDS_UP_MS_MAX = 100;

/** Who asked, and is answered by itself. */
export interface Member<Q, A> {
  readonly question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

export interface GroupsOptions<Q, A> {
  readonly sizeMax: number;
  /** Answers each of them, and never rejects. */
  send(members: readonly Member<Q, A>[]): Promise<void>;
}

/**
 * Questions that go to PostgreSQL in groups when there are many. Those of one turn of the event loop leave together, and
 * those that come while two groups are under way leave together when one of these is done: nobody waits for company.
 */
export class Groups<Q, A> {
  readonly #options: GroupsOptions<Q, A>;
  readonly #waiting: Member<Q, A>[] = [];
  #underWay = 0;
  #isGathering = false;

  constructor(options: GroupsOptions<Q, A>) {
    this.#options = options;
  }

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#gather();
    });
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  #gather(): void {
    if (this.#isGathering || this.#underWay >= GROUPS_MAX) return;
    this.#isGathering = true;
    setImmediate(() => {
      this.#isGathering = false;
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    while (this.#underWay < GROUPS_MAX && this.#waiting.length > 0) this.#sendNext();
  }

  #sendNext(): void {
    const members = this.#waiting.splice(0, this.#options.sizeMax);
    this.#underWay += 1;
    let holdsUp = true;
    const letNextGo = () => {
      if (!holdsUp) return;
      holdsUp = false;
      this.#underWay -= 1;
      if (this.#waiting.length > 0) this.#gather();
    };
    const timer = setTimeout(letNextGo, HOLDS_UP_MS_MAX);
    void this.#options.send(members).finally(() => {
      clearTimeout(timer);
      letNextGo();
    });
  }
}
