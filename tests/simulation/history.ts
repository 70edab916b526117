import { StorageFault } from '@onfile/core';
import { Activity, NO_FAULTS, type SimulatedProcess, Violation } from './activity.js';
import { Answers } from './answers.js';
import { type Answer, type Known, learn, nothingKnown, type Request, requestFor } from './clients.js';
import { Invariants } from './invariants.js';
import { JOBS, type Plan, type PlannedOperation, PROCESS_COUNT } from './plan.js';
import type { PlantedBug } from './planted-bugs.js';
import { seededRandom, seedOf } from './random.js';
import { nextDueAt } from './storage-model/storage-model.js';
import { makeWorld, type SimulatedWorld } from './world.js';

/** How a history went. */
export interface HistoryResult {
  /** What was wrong; `null` when nothing was. */
  readonly violation: string | null;
  readonly traceHash: string;
  readonly trace: readonly string[];
  readonly stepCount: number;
  /** How often what came about: ends of attempts and intents, repeated answers, faults, crashes. */
  readonly counts: ReadonlyMap<string, number>;
}

/** So many rounds of jobs end whatever can end: seven days of hourly look-ups of each attempt, and every try of a delivery. */
const ROUNDS_MAX = 4_000;
/** How long a worker rests between two rounds, at most. */
const WORKER_REST_MS_MAX = 8_000;
const RETRY_MS = 1_500;
/** Seeds of jobs come after those of planned operations. */
const WORKER_PART = 10_000;

/** Runs a history to its end, and on until nothing is left to do. */
export async function runHistory(plan: Plan, bug: PlantedBug | null = null): Promise<HistoryResult> {
  const { isLimited } = plan;
  const world = makeWorld({ isLimited, processCount: PROCESS_COUNT }, bug);
  const { scheduler } = world;
  const history = new History(plan, world);
  const violation = await history.run().then(
    () => null,
    (fault: unknown) => (fault instanceof Violation ? fault.message : `the program threw ${stackOf(fault)}`),
  );
  if (violation !== null) scheduler.note(`VIOLATION ${violation}`);
  const { traceHash, trace, stepCount } = scheduler;
  return { violation, traceHash, trace, stepCount, counts: history.counts };
}

function stackOf(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}

class History {
  readonly counts = new Map<string, number>();
  readonly #plan: Plan;
  readonly #world: SimulatedWorld;
  readonly #invariants: Invariants;
  readonly #answers: Answers;
  readonly #known: Known = nothingKnown();
  #fault: unknown = null;

  constructor(plan: Plan, world: SimulatedWorld) {
    this.#plan = plan;
    this.#world = world;
    this.#invariants = new Invariants(world.storage, world.processor, world.receivers);
    this.#answers = new Answers(world.storage);
  }

  async run(): Promise<void> {
    await this.#until(this.#clientsEnd());
    // What was sent by a process that died meanwhile can still arrive, and make work, until the last step is taken.
    do {
      await this.#until(this.#drain());
      await this.#runDry();
    } while (nextDueAt(this.#world.storage) !== null);
    this.#invariants.checkEnd();
    const { attempts, objects } = this.#world.storage.tables;
    for (const { state, outcome } of attempts.values()) this.#count(`attempt ${outcome ?? state}`);
    for (const { status } of objects.setup_intent.values()) this.#count(`intent ${status}`);
  }

  async #runDry(): Promise<void> {
    await this.#world.scheduler.run(
      () => this.#fault !== null,
      () => this.#invariants.check(),
    );
    if (this.#fault !== null) throw this.#fault;
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Lets time pass until this is over, and looks after every step. */
  async #until(end: Promise<void>): Promise<void> {
    let isOver = false;
    end.then(
      () => {
        isOver = true;
      },
      (fault: unknown) => {
        this.#fault ??= fault;
      },
    );
    await this.#world.scheduler.run(
      () => isOver || this.#fault !== null,
      () => this.#invariants.check(),
    );
    if (this.#fault !== null) throw this.#fault;
    if (!isOver) throw new Violation('nothing happens any more, and somebody still waits');
  }

  async #clientsEnd(): Promise<void> {
    const { operations, crashes, processorLeavesAtMs } = this.#plan;
    const { scheduler, processes, processor } = this.#world;
    for (const { atMs, process } of crashes) {
      scheduler.after(atMs, () => {
        const crashed = processes[process] as SimulatedProcess;
        scheduler.note(`${crashed.name} crashes`);
        crashed.crash();
        this.#count('crash');
      });
    }
    if (processorLeavesAtMs !== null) {
      scheduler.after(processorLeavesAtMs, () => {
        scheduler.note('the processor is gone for good');
        processor.isReachable = false;
      });
    }
    const clients = new Set(operations.map(({ client }) => client));
    let isOver = false;
    const worker = this.#plan.worker === 'none' ? Promise.resolve() : this.#work(() => isOver);
    await Promise.all(
      [...clients].map((client) => this.#runClient(operations.filter((each) => each.client === client))),
    );
    isOver = true;
    await worker;
  }

  async #work(isOver: () => boolean): Promise<void> {
    const random = seededRandom(seedOf(this.#plan.seed, WORKER_PART));
    const hasFaults = this.#plan.worker === 'faulty';
    for (let round = 0; !isOver(); round += 1) {
      await this.#world.scheduler.passed(random.fraction() * WORKER_REST_MS_MAX);
      for (const kind of ['resume', 'expire', 'deliver'] as const) await this.#runJob(kind, round, { hasFaults });
    }
  }

  async #runClient(operations: readonly PlannedOperation[]): Promise<void> {
    const { scheduler, processor } = this.#world;
    for (const operation of operations) {
      await scheduler.passed(operation.waitMs);
      const request = requestFor(operation, this.#known, { now: () => scheduler.now(), processor });
      if (request !== null) await this.#sendUntilAnswered(operation, request);
    }
  }

  async #sendUntilAnswered(operation: PlannedOperation, request: Request): Promise<void> {
    for (let sending = 0; sending <= operation.patience; sending += 1) {
      const sends = [this.#send(operation, request, 2 * sending)];
      if (operation.isDoubled && sending === 0) sends.push(this.#send(operation, request, 1));
      if ((await Promise.all(sends)).includes('answered')) return;
      await this.#world.scheduler.passed(RETRY_MS);
    }
  }

  #send(operation: PlannedOperation, request: Request, part: number): Promise<'answered' | 'nothing'> {
    const { scheduler, processes, programOf } = this.#world;
    const { kind, client, seed, hasFaults } = operation;
    const random = seededRandom(seedOf(seed, part));
    const process = random.pick(processes);
    const rates = hasFaults ? this.#plan.rates : NO_FAULTS;
    const activity = new Activity(scheduler, process, { name: `client ${client} ${kind}`, random, rates });
    const begunAt = this.#answers.begin();
    const losesReply = random.chance(rates.lostReply);
    activity.note('asks');
    return new Promise((resolve) => {
      process.whenCrashed(() => resolve('nothing'));
      request.send(programOf(activity)).then(
        (answer) => {
          if (activity.isAlive) this.#judge(operation, request, answer, begunAt);
          activity.note(`is answered ${told(answer)}${losesReply ? ', and the answer is lost' : ''}`);
          activity.answerLater(() => {
            if (!losesReply) learn(this.#known, answer);
            resolve(losesReply ? 'nothing' : 'answered');
          });
        },
        (fault: unknown) => {
          if (!isFromStorage(fault)) this.#fault ??= fault;
          this.#count('fault');
          activity.note(`meets a fault: ${String(fault)}`);
          activity.answerLater(() => resolve('nothing'));
        },
      );
    });
  }

  #judge({ kind }: PlannedOperation, { key }: Request, answer: Answer, begunAt: number): void {
    if (answer === null) return;
    if (answer.kind === 'done' && answer.replayed) this.#count('repeated answer');
    try {
      this.#answers.check(kind, key, answer, begunAt);
    } catch (violation) {
      this.#fault ??= violation;
    }
  }

  /** No more faults, and jobs that run whenever there is something for them. */
  async #drain(): Promise<void> {
    const { scheduler, storage } = this.#world;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      for (const kind of JOBS) await this.#runJob(kind, round, { hasFaults: false });
      const dueAt = nextDueAt(storage);
      if (dueAt === null) return;
      await scheduler.passed(Math.max(0, dueAt - scheduler.now()) + 1);
    }
    throw new Violation(`jobs still find work after ${ROUNDS_MAX} rounds`);
  }

  async #runJob(
    kind: (typeof JOBS)[number],
    round: number,
    { hasFaults }: { readonly hasFaults: boolean },
  ): Promise<void> {
    const { scheduler, processor } = this.#world;
    const seed = seedOf(this.#plan.seed, WORKER_PART + 1 + round * JOBS.length + JOBS.indexOf(kind));
    const plainly = { isKeyed: false, isDoubled: false, patience: 0, hasFaults };
    const operation: PlannedOperation = { client: 0, kind, seed, waitMs: 0, ...plainly };
    const request = requestFor(operation, this.#known, { now: () => scheduler.now(), processor });
    if (request) await this.#send(operation, request, 0);
  }
}

function isFromStorage(fault: unknown): boolean {
  if (fault instanceof AggregateError) return fault.errors.every(isFromStorage);
  return fault instanceof StorageFault;
}

function told(answer: Answer): string {
  if (answer === null) return 'with nothing';
  if (answer.kind === 'refused') return `no: ${answer.refusal.code}`;
  const { status, version } = answer.value as { readonly status?: string; readonly version?: number };
  return `${status ?? 'done'}${version === undefined ? '' : ` #${version}`}${answer.replayed ? ' again' : ''}`;
}
