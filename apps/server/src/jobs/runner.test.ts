import { describe, expect, test } from 'vitest';
import { createLog } from '../log.js';
import type { Job } from './job.js';
import { startJobs } from './runner.js';

function aLog() {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'debug', format: 'json', writeLine: (line) => lines.push(line) }) };
}

/** A job whose runs the test answers one by one. */
function steppedJob(intervalMs: number) {
  const waiting: Array<{ resolve(count: number): void; reject(error: Error): void }> = [];
  let arrived: () => void = () => undefined;
  const job: Job = {
    name: 'stepped',
    intervalMs,
    batch: 10,
    run: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        arrived();
      }),
  };
  return {
    job,
    waiting,
    async nextRun() {
      if (waiting.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
      return waiting.shift() as (typeof waiting)[number];
    },
  };
}

describe('the job runner', () => {
  test('a job that filled its batch runs again at once, and never twice at a time', async () => {
    const { job, waiting, nextRun } = steppedJob(3_600_000);
    const jobs = startJobs([job], aLog());
    const first = await nextRun();
    expect(waiting).toHaveLength(0);
    first.resolve(10);
    const second = await nextRun();
    const stopped = jobs.stop();
    second.resolve(0);
    await stopped;
    expect(waiting).toHaveLength(0);
  });

  test('a fault is logged by its code, and the job runs again later', async () => {
    const { job, nextRun } = steppedJob(1);
    const { log, lines } = aLog();
    const jobs = startJobs([job], { log });
    (await nextRun()).reject(Object.assign(new Error('secret detail'), { code: 'ECONNREFUSED' }));
    const again = await nextRun();
    again.resolve(0);
    await jobs.stop();
    expect(lines.join()).toContain('"errorCode":"ECONNREFUSED"');
    expect(lines.join()).not.toContain('secret detail');
  });

  test('stopping waits for the run that is under way', async () => {
    const { job, nextRun } = steppedJob(1);
    const jobs = startJobs([job], aLog());
    const run = await nextRun();
    let isStopped = false;
    const stopped = jobs.stop().then(() => {
      isStopped = true;
    });
    await Promise.resolve();
    expect(isStopped).toBe(false);
    run.resolve(1);
    await stopped;
    expect(isStopped).toBe(true);
  });
});
