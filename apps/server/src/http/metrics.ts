import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { DeliveryReport } from '@onfile/core';
import type { ConnectionCounts } from '@onfile/storage';
import { AggregatorRegistry, Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import type { Siblings } from '../workers/siblings.js';

/** What `/metrics` tells. Labels are templates and codes, never an id or an address. */
export interface Metrics {
  requestEnded(request: {
    readonly origin: string;
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly durationSeconds: number;
  }): void;
  attemptEnded(outcome: string): void;
  webhookAttempted(report: DeliveryReport): void;
  webhooksUnderWay(change: 1 | -1): void;
  vaultOpenFailed(): void;
  attackBegan(mode: string): void;
  /**
   * OpenMetrics text and its content type; of several workers their numbers together. `null` when one of them is silent: without
   * its numbers every counter would seem to have begun anew.
   */
  render(): Promise<{ readonly contentType: string; readonly text: string } | null>;
  stop(): void;
}

const NANOSECONDS = 1e9;
/** How often the event loop is looked at. What is measured is the time between two looks, this one included. */
const LOOP_SAMPLE_MS = 20;

export function createMetrics(sources: {
  readonly maskedRuns: () => number;
  readonly databaseConnections: () => ConnectionCounts;
  /** The other workers, where there are any. */
  readonly siblings: Siblings | null;
}): Metrics {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const { siblings } = sources;
  const registers = [registry];
  const loopDelay = monitorEventLoopDelay({ resolution: LOOP_SAMPLE_MS });
  loopDelay.enable();

  const requests = new Counter({
    name: 'onfile_http_requests',
    help: 'Requests answered.',
    labelNames: ['origin', 'method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'onfile_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['origin', 'method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const attempts = new Counter({
    name: 'onfile_setup_attempts',
    help: 'Setup attempts that ended here.',
    labelNames: ['outcome'],
    registers,
  });
  const openFailures = new Counter({
    name: 'onfile_vault_open_failures',
    help: 'Sealed cards that could not be opened: each is an alarm.',
    registers,
  });
  const attacks = new Counter({
    name: 'onfile_attacks',
    help: 'Times that somebody began to try cards out at a merchant: each is an alarm.',
    labelNames: ['mode'],
    registers,
  });
  const webhookAttempts = new Counter({
    name: 'onfile_webhook_attempts',
    help: 'POSTs to webhook endpoints that ended here.',
    labelNames: ['result'],
    registers,
  });
  const webhookWaits = new Histogram({
    name: 'onfile_webhook_first_attempt_delay_seconds',
    help: 'From an event to its first POST, where nothing before it of the same object was waiting.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600],
    registers,
  });
  const webhooksUnderWay = new Gauge({
    name: 'onfile_webhooks_under_way',
    help: 'Deliveries that are being sent from here.',
    registers,
  });
  new Gauge({
    name: 'onfile_log_masked_runs',
    help: 'Runs of digits that the log had to mask: more than 0 is a bug.',
    registers,
    collect() {
      this.set(sources.maskedRuns());
    },
  });
  new Gauge({
    name: 'onfile_database_connections',
    help: 'Connections of the pool, and requests that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(sources.databaseConnections())) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'onfile_event_loop_delay_seconds',
    help: 'How late the event loop was since the last reading; of several workers the latest.',
    aggregator: 'max',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const quantile of [50, 99]) {
        const sampled = (loopDelay.percentile(quantile) || 0) / NANOSECONDS;
        this.set({ quantile: String(quantile / 100) }, Math.max(0, sampled - LOOP_SAMPLE_MS / 1_000));
      }
      loopDelay.reset();
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of this process; of several workers together.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });

  siblings?.answer('metrics', () => registry.getMetricsAsJSON());

  return {
    requestEnded({ origin, method, route, status, durationSeconds }) {
      requests.inc({ origin, method, route, status });
      durations.observe({ origin, method, route }, durationSeconds);
    },
    attemptEnded: (outcome) => attempts.inc({ outcome }),
    attackBegan: (mode) => attacks.inc({ mode }),
    webhookAttempted({ result, waitedMs }) {
      webhookAttempts.inc({ result });
      if (waitedMs !== null) webhookWaits.observe(waitedMs / 1_000);
    },
    webhooksUnderWay: (change) => webhooksUnderWay.inc(change),
    vaultOpenFailed: () => openFailures.inc(),
    async render() {
      const all = siblings === null ? registry : await ofAllWorkers(registry, siblings);
      return all && { contentType: all.contentType, text: await all.metrics() };
    },
    stop: () => loopDelay.disable(),
  };
}

type OpenMetrics = Registry<OpenMetricsContentType>;
const SIBLINGS_TIMEOUT_MS = 2_000;

/** `null` when a worker is silent. */
async function ofAllWorkers(own: OpenMetrics, siblings: Siblings): Promise<OpenMetrics | null> {
  const answers = await siblings.ask('metrics', null, SIBLINGS_TIMEOUT_MS);
  if (answers.some(({ kind }) => kind === 'gone')) return null;
  const theirs = answers.flatMap((answer) => (answer.kind === 'answered' ? [answer.body] : []));
  const all = AggregatorRegistry.aggregate<OpenMetricsContentType>([await own.getMetricsAsJSON(), ...theirs]);
  all.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return all;
}
