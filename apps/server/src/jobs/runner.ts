import { describeError, type Log } from '../log.js';
import type { Job } from './job.js';

export interface RunningJobs {
  /** Starts nothing any more, and waits for what is under way. */
  stop(): Promise<void>;
}

const JITTER = 0.2;
const BACKOFF_MS_MAX = 30_000;

/**
 * Runs each job again and again, never twice at once. A fault is logged, and the job waits twice as long after each one in a
 * row, up to half a minute; the jittered pause keeps several workers from asking at the same moment.
 */
export function startJobs(jobs: readonly Job[], { log }: { readonly log: Log }): RunningJobs {
  const stopping = new AbortController();
  const loops = jobs.map((job) => loop(job, log, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function loop(job: Job, log: Log, stopping: AbortSignal): Promise<void> {
  let pauseMs = 0;
  let faults = 0;
  while (await pause(pauseMs, stopping)) {
    const startedAt = performance.now();
    try {
      const count = await job.run();
      faults = 0;
      pauseMs = count >= job.batch ? 0 : jittered(job.intervalMs);
      if (count > 0) {
        log.write('job.ended', { job: job.name, count, durationMs: Math.round(performance.now() - startedAt) });
      }
    } catch (error) {
      faults += 1;
      pauseMs = jittered(Math.min(job.intervalMs * 2 ** faults, Math.max(BACKOFF_MS_MAX, job.intervalMs)));
      log.write('job.fault', { job: job.name, nextTryMs: Math.round(pauseMs), ...describeError(error) });
    }
  }
}

function jittered(ms: number): number {
  return ms * (1 - JITTER + Math.random() * 2 * JITTER);
}

/** Answers whether to go on. */
function pause(ms: number, stopping: AbortSignal): Promise<boolean> {
  if (stopping.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      resolve(!stopping.aborted);
    };
    const timer = setTimeout(end, ms);
    stopping.addEventListener('abort', end);
  });
}
