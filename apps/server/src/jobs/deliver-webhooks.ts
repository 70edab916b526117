import type { ClaimedDelivery, DeliveryReport, EndpointPlace, WebhookEndpoint, Webhooks } from '@onfile/core';
import { describeError, type Log } from '../log.js';

export interface RunningDeliveries {
  /** Something may be due now; otherwise it is found at the next look. */
  wake(): void;
  /** Starts nothing any more, and waits for what is under way; for what takes too long it leaves the lease to run out. */
  stop(): Promise<void>;
}

export interface DeliverySettings {
  readonly log: Log;
  readonly metrics: { webhookAttempted(report: DeliveryReport): void; webhooksUnderWay(change: 1 | -1): void };
  /** Breaks off what is still being sent, when stopping has waited long enough. */
  readonly breakOff: () => void;
}

/** How long an event waits at most until it is looked for, when nobody wakes us: another process made it. */
const LOOK_INTERVAL_MS = 200;
/** Events come in crowds; so much time is left between two looks. */
const LOOK_PAUSE_MS = 20;
const ENDPOINTS_PER_LOOK = 500;
/** Under way at one endpoint, in all workers. */
const UNDER_WAY_MAX = 10;
/** Under way in this process. An endpoint starts with few, so that many that hang do not take all. */
const UNDER_WAY_IN_PROCESS_MAX = 512;
const UNDER_WAY_AT_FIRST = 2;
const STOP_GRACE_MS = 5_000;
const FAULT_PAUSE_MS = 1_000;

/**
 * Delivers events until it is stopped. Every endpoint has a lane of its own: it claims when it has room, and again whenever
 * something ended, so that a slow endpoint holds up nobody but itself.
 */
export function startDeliveries(webhooks: Webhooks, settings: DeliverySettings): RunningDeliveries {
  const stopping = new AbortController();
  const bell = new Bell();
  const lanes = new Lanes(webhooks, settings, stopping.signal);
  const looking = lookForWork(webhooks, { settings, bell, lanes, signal: stopping.signal });
  return {
    wake: () => bell.ring(),
    async stop() {
      stopping.abort();
      bell.ring();
      const late = setTimeout(settings.breakOff, STOP_GRACE_MS);
      await looking;
      await lanes.empty();
      clearTimeout(late);
    },
  };
}

async function lookForWork(
  webhooks: Webhooks,
  { settings, bell, lanes, signal }: { settings: DeliverySettings; bell: Bell; lanes: Lanes; signal: AbortSignal },
): Promise<void> {
  let hasTypes = false;
  let after: EndpointPlace | null = null;
  while (!signal.aborted) {
    try {
      if (!hasTypes) await webhooks.refreshEventTypes();
      hasTypes = true;
      const due: readonly EndpointPlace[] = await webhooks.listDueEndpoints({ after, limit: ENDPOINTS_PER_LOOK });
      for (const place of due) lanes.fill(place);
      after = due.length === ENDPOINTS_PER_LOOK ? (due.at(-1) ?? null) : null;
      await bell.wait(LOOK_PAUSE_MS, { evenIfRung: true });
      if (after === null) await bell.wait(LOOK_INTERVAL_MS - LOOK_PAUSE_MS, { evenIfRung: false });
    } catch (error) {
      settings.log.write('job.fault', { job: JOB, nextTryMs: FAULT_PAUSE_MS, ...describeError(error) });
      await bell.wait(FAULT_PAUSE_MS, { evenIfRung: true });
    }
  }
}

const JOB = 'deliver-webhooks';

interface Lane {
  readonly place: EndpointPlace;
  underWay: number;
  /** How many may be under way: more with each success, one after a failure. */
  limit: number;
  isClaiming: boolean;
  /** Something ended while it was claiming. */
  hasNews: boolean;
}

class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #work = new Set<Promise<void>>();
  #underWay = 0;

  constructor(
    readonly webhooks: Webhooks,
    readonly settings: DeliverySettings,
    readonly signal: AbortSignal,
  ) {}

  fill(place: EndpointPlace): void {
    const key = `${place.scope.merchantId} ${place.scope.mode} ${place.id}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { place, underWay: 0, limit: UNDER_WAY_AT_FIRST, isClaiming: false, hasNews: false };
      this.#lanes.set(key, lane);
    }
    this.#fill(key, lane);
  }

  async empty(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  #fill(key: string, lane: Lane): void {
    if (lane.isClaiming) lane.hasNews = true;
    else if (this.#hasRoom(lane)) this.#track(this.#claim(key, lane));
    else if (lane.underWay === 0) this.#lanes.delete(key);
  }

  #hasRoom({ underWay, limit }: Lane): boolean {
    return !this.signal.aborted && underWay < limit && this.#underWay < UNDER_WAY_IN_PROCESS_MAX;
  }

  async #claim(key: string, lane: Lane): Promise<void> {
    lane.isClaiming = true;
    try {
      do {
        lane.hasNews = false;
        const claimed = await this.webhooks.claim(lane.place, lane.limit);
        for (const delivery of claimed?.deliveries ?? []) {
          if (claimed) this.#track(this.#deliver(key, lane, { endpoint: claimed.endpoint, delivery }));
        }
      } while (lane.hasNews && this.#hasRoom(lane));
    } catch (error) {
      this.#fault(error);
    } finally {
      lane.isClaiming = false;
      if (lane.underWay === 0) this.#lanes.delete(key);
    }
  }

  async #deliver(
    key: string,
    lane: Lane,
    claimed: { readonly endpoint: WebhookEndpoint; readonly delivery: ClaimedDelivery },
  ): Promise<void> {
    this.#count(lane, 1);
    try {
      const report = await this.webhooks.deliver(claimed);
      lane.limit = report.result === 'accepted' ? Math.min(lane.limit * 2, UNDER_WAY_MAX) : 1;
      this.#report(claimed, report);
    } catch (error) {
      if (!this.signal.aborted) this.#fault(error);
    } finally {
      this.#count(lane, -1);
    }
    this.#fill(key, lane);
  }

  #report({ endpoint: { scope, id } }: { endpoint: WebhookEndpoint }, report: DeliveryReport): void {
    const { log, metrics } = this.settings;
    metrics.webhookAttempted(report);
    if (report.endpointDisabled === null) return;
    const { merchantId, mode } = scope;
    log.write('webhook.endpoint_disabled', { merchantId, mode, endpointId: id, reason: report.endpointDisabled });
  }

  #fault(error: unknown): void {
    this.settings.log.write('job.fault', { job: JOB, ...describeError(error) });
  }

  #count(lane: Lane, change: 1 | -1): void {
    lane.underWay += change;
    this.#underWay += change;
    this.settings.metrics.webhooksUnderWay(change);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}

/** Waits that can be cut short. */
class Bell {
  #isRung = false;
  #answer: (() => void) | null = null;

  ring(): void {
    this.#isRung = true;
    this.#answer?.();
  }

  /** `evenIfRung`: to its end, whoever rings; the ring is kept for the next wait. */
  wait(ms: number, { evenIfRung }: { readonly evenIfRung: boolean }): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#answer = null;
        if (!evenIfRung) this.#isRung = false;
        resolve();
      };
      const timer = setTimeout(end, ms);
      if (evenIfRung) return;
      if (this.#isRung) end();
      else this.#answer = end;
    });
  }
}
