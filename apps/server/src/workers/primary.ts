import cluster, { type Worker } from 'node:cluster';
import { runUntilStopped } from '../lifecycle.js';
import type { Log } from '../log.js';
import type { ToPrimary, ToWorker } from './messages.js';
import { Relay } from './relay.js';

/** From a worker's end to its next start: twice as long after each one in a row. */
const RESTART_PAUSE_MS = 100;
const RESTART_PAUSE_MS_MAX = 30_000;
/** A worker that lived so long begins with short pauses again. */
const STEADY_AFTER_MS = 60_000;

/**
 * Starts so many workers and keeps as many, until a signal ends them all. Answers the exit code: that of the first worker when
 * it cannot start, so that a port in use or a database that is away ends this as it ends a server of one process.
 */
export async function runPrimary(count: number, log: Log): Promise<number> {
  cluster.setupPrimary({ serialization: 'advanced' });
  const workers = new Workers(log);
  process.once('exit', () => workers.kill());
  // Alone, since it migrates, makes missing key files and finds out whether a server can be started at all.
  const failedWith = await workers.startFirst();
  if (failedWith !== null) return failedWith;
  for (let started = 1; started < count; started += 1) workers.keepOne();
  return runUntilStopped({ stop: (reason) => workers.stop(reason), broken: workers.broken, log });
}

interface Ended {
  readonly pid: number | null;
  readonly code: number | null;
  readonly signal: string | null;
  readonly hadListened: boolean;
  readonly livedMs: number;
}

class Workers {
  /** Resolves with a sentence when no worker is left and none can be started. */
  readonly broken: Promise<string>;
  readonly #log: Log;
  readonly #relay = new Relay();
  /** Until each ends. */
  readonly #running = new Map<Worker, Promise<Ended>>();
  readonly #listening = new Set<Worker>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #break: (reason: string) => void = () => undefined;
  #isStopping = false;

  constructor(log: Log) {
    this.#log = log;
    this.broken = new Promise((resolve) => {
      this.#break = resolve;
    });
  }

  /** Answers `null` once it listens, and its exit code when it ended before. */
  async startFirst(): Promise<number | null> {
    const first = this.#start();
    const end = await Promise.race([first.listening, first.ended]);
    if (end !== undefined) return end.code || 1;
    this.#restartAfter(first.ended, 0);
    return null;
  }

  keepOne(endsInARow = 0): void {
    this.#restartAfter(this.#start().ended, endsInARow);
  }

  async stop(reason: string): Promise<void> {
    this.#log.write('server.stopping', { reason });
    const startedAt = performance.now();
    this.#isStopping = true;
    for (const restart of this.#restarts) clearTimeout(restart);
    for (const { process } of this.#running.keys()) process.kill('SIGTERM');
    const ends = await Promise.all(this.#running.values());
    this.#log.write('server.stopped', { durationMs: Math.round(performance.now() - startedAt) });
    if (ends.some(({ code, hadListened }) => hadListened && code !== 0)) {
      throw new Error('Not every worker stopped in order.');
    }
  }

  /** Those that still run when this process ends: one that hangs would not notice. */
  kill(): void {
    for (const { process } of this.#running.keys()) process.kill('SIGKILL');
  }

  #start(): { readonly listening: Promise<undefined>; readonly ended: Promise<Ended> } {
    const startedAt = performance.now();
    const worker = cluster.fork();
    const correspondent = { id: worker.id, tell: (message: ToWorker) => tell(worker, message) };
    const listening = new Promise<undefined>((resolve) => {
      worker.on('message', (message: ToPrimary) => {
        if (message.kind !== 'listening') return this.#relay.take(correspondent, message);
        this.#listening.add(worker);
        this.#relay.join(correspondent);
        this.#log.write('worker.listening', { worker: worker.process.pid ?? null });
        resolve(undefined);
      });
    });
    const ended = endOf(worker).then(({ code, signal }) => {
      this.#running.delete(worker);
      this.#relay.leave(worker);
      const hadListened = this.#listening.delete(worker);
      return { pid: worker.process.pid ?? null, code, signal, hadListened, livedMs: performance.now() - startedAt };
    });
    this.#running.set(worker, ended);
    return { listening, ended };
  }

  async #restartAfter(ended: Promise<Ended>, endsInARow: number): Promise<void> {
    const { pid, code, signal, hadListened, livedMs } = await ended;
    if (this.#isStopping) return;
    if (!hadListened && this.#listening.size === 0) this.#break('no worker is left, and none can be started');

    const ends = livedMs >= STEADY_AFTER_MS ? 0 : endsInARow;
    const nextStartMs = Math.min(RESTART_PAUSE_MS * 2 ** ends, RESTART_PAUSE_MS_MAX);
    this.#log.write('worker.ended', { worker: pid, code, signal, nextStartMs });
    const restart = setTimeout(() => {
      this.#restarts.delete(restart);
      this.keepOne(ends + 1);
    }, nextStartMs);
    this.#restarts.add(restart);
  }
}

/** To one that just ended a message is lost, and whoever waits for an answer is told by its end. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message as never, () => undefined);
}

/** A process that could not even be made ends without an exit. */
function endOf(worker: Worker): Promise<Pick<Ended, 'code' | 'signal'>> {
  return new Promise((resolve) => {
    worker.once('exit', (code, signal) => resolve({ code, signal }));
    worker.on('error', () => {
      if (worker.process.pid === undefined) resolve({ code: null, signal: null });
    });
  });
}
