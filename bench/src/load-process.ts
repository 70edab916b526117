import { type Latencies, latenciesOf } from './statistics.js';
import { openClient, type Target, type Workload } from './workloads.js';

/** The load generator: a process of its own, so that what it costs is not counted as the server's. */

export interface LoadOrder {
  readonly workload: Workload;
  readonly target: Target;
  /** Operations under way at any time. */
  readonly connections: number;
  readonly seconds: number;
}

export interface Load extends Latencies {
  readonly operations: number;
  readonly perSecond: number;
}

export type LoadAnswer = { readonly load: Load } | { readonly fault: string };

if (process.send !== undefined) {
  process.on('message', (order: LoadOrder) => {
    runLoad(order).then(
      (load) => process.send?.({ load } satisfies LoadAnswer),
      (error: Error) => process.send?.({ fault: error.message } satisfies LoadAnswer),
    );
  });
  process.once('disconnect', () => process.exit(0));
}

/** The next operation begins when one has ended; what is under way when time is up still counts, with its time. */
async function runLoad({ workload, target, connections, seconds }: LoadOrder): Promise<Load> {
  const client = openClient(target, connections);
  const operation = client.operations[workload];
  const durationsMs: number[] = [];
  const beganAt = performance.now();
  const endsAt = beganAt + seconds * 1_000;
  let turn = 0;
  const one = async () => {
    for (let now = performance.now(); now < endsAt; now = performance.now()) {
      turn += 1;
      await operation(turn);
      durationsMs.push(performance.now() - now);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, one));
    const tookSeconds = (performance.now() - beganAt) / 1_000;
    return {
      operations: durationsMs.length,
      perSecond: durationsMs.length / tookSeconds,
      ...latenciesOf(durationsMs),
    };
  } finally {
    await client.close();
  }
}
