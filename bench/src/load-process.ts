import { atEvenPace } from './even-pace.js';
import { type Latencies, latenciesOf, quantile } from './statistics.js';
import { openClient, type Target, type Turns } from './workloads.js';

/** The load generator: a process of its own, so that what it costs is not counted as the server's. */

export interface LoadOrder {
  /** One operation of each in turn, over and over. */
  readonly workloads: Turns;
  readonly target: Target;
  /** Operations under way at any time; the next begins when one has ended. Or how many begin in a second, evenly. */
  readonly pace: { readonly connections: number } | { readonly perSecond: number };
  readonly seconds: number;
}

export interface Load extends Latencies {
  readonly operations: number;
  readonly perSecond: number;
  /** How late the generator itself began operations that have a moment, at the 99th percentile; the latencies include it. */
  readonly beganLateMs: number;
}

export type LoadAnswer = { readonly load: Load } | { readonly fault: string };

/** Of each origin; at an even pace an operation must not wait for a connection. */
const CONNECTIONS_AT_EVEN_PACE = 256;

if (process.send !== undefined) {
  process.on('message', (order: LoadOrder) => {
    runLoad(order).then(
      (load) => process.send?.({ load } satisfies LoadAnswer),
      (error: Error) => process.send?.({ fault: error.message } satisfies LoadAnswer),
    );
  });
  process.once('disconnect', () => process.exit(0));
}

async function runLoad({ workloads, target, pace, seconds }: LoadOrder): Promise<Load> {
  const isEven = 'perSecond' in pace;
  const client = openClient(target, isEven ? CONNECTIONS_AT_EVEN_PACE : pace.connections);
  const operate = (turn: number) => client.operations[workloads[turn % workloads.length] ?? workloads[0]](turn);
  try {
    return isEven
      ? await loadEvenly(operate, { perSecond: pace.perSecond, seconds })
      : await loadFully(operate, { connections: pace.connections, seconds });
  } finally {
    await client.close();
  }
}

type Operate = (turn: number) => Promise<string>;

/** What is under way when time is up still counts, with its time. */
async function loadFully(
  operate: Operate,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Load> {
  const durationsMs: number[] = [];
  const beganAt = performance.now();
  const endsAt = beganAt + seconds * 1_000;
  let turn = 0;
  const one = async () => {
    for (let now = performance.now(); now < endsAt; now = performance.now()) {
      turn += 1;
      await operate(turn);
      durationsMs.push(performance.now() - now);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return { ...loadOf(durationsMs, beganAt), beganLateMs: 0 };
}

/** Times count from the moment at which an operation should have begun, so that a stall is seen by all that it held up. */
async function loadEvenly(
  operate: Operate,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Load> {
  const durationsMs: number[] = [];
  const latenessesMs: number[] = [];
  const beganAt = performance.now();
  await atEvenPace({ count: Math.max(1, Math.round(perSecond * seconds)), perSecond }, async (turn, dueAt) => {
    latenessesMs.push(performance.now() - dueAt);
    await operate(turn);
    durationsMs.push(performance.now() - dueAt);
  });
  return { ...loadOf(durationsMs, beganAt), beganLateMs: quantile(latenessesMs, 0.99) };
}

function loadOf(durationsMs: readonly number[], beganAt: number): Omit<Load, 'beganLateMs'> {
  const tookSeconds = (performance.now() - beganAt) / 1_000;
  return {
    operations: durationsMs.length,
    perSecond: durationsMs.length / tookSeconds,
    ...latenciesOf(durationsMs),
  };
}
