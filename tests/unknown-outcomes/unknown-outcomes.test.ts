import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contradictions, flagged, succeeded, unfinished, verifications } from '../prove/books.js';
import { recordFact, recordFigure } from '../prove/figures.js';
import { expectAgreement, type Installation, type ServerProcess, startInstallation } from '../prove/installation.js';
import { type Answer, inTurns, script, seeded, shopAt } from '../prove/shop.js';

const CONFIRMS = Number(process.env.ONFILE_UNKNOWN_CONFIRMS ?? 120);
const SEED = Number(process.env.ONFILE_UNKNOWN_SEED ?? randomInt(2 ** 31));
const FAULTS = 0.3;
const AT_ONCE = 12;
const PROCESSOR_TIMEOUT_MS = 1_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Acted upon when nobody waits for the answer any more, and within the time that the processor has for turning up. */
const LATE_MS = 1_500;

/**
 * The clock is the test's: the servers' and the processor's are moved ahead of the system's, by the product's own schedule. It
 * is moved only when no verification is under way, so that no wait of the product is shorter than the time that it measures.
 */
const FIRST_LOOKS_MS = 6 * SECOND_MS;
const LATER_LOOKS_MS = [
  ...[15 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS],
  ...Array.from({ length: 8 }, () => HOUR_MS),
  7 * 24 * HOUR_MS,
  ...Array.from({ length: 12 }, () => HOUR_MS),
  7 * 24 * HOUR_MS,
];

describe(`${CONFIRMS} confirmations while ${FAULTS * 100} % of all requests to the processor go wrong (seed ${SEED})`, () => {
  let skewMs = 0;
  let installation: Installation;
  let database: pg.Client;
  let behaviours: Readonly<Record<string, readonly string[]>>;
  beforeAll(async () => {
    installation = await startInstallation({
      now: () => Date.now() + skewMs,
      environment: {
        ONFILE_PROCESSOR_TIMEOUT_MS: String(PROCESSOR_TIMEOUT_MS),
        ONFILE_PROCESSOR_CONNECT_TIMEOUT_MS: '500',
      },
    });
    database = new pg.Client(installation.database);
    await database.connect();
    behaviours = await readBehaviours();
  }, 120_000);
  afterAll(async () => {
    await database?.end();
    await installation?.stop();
  });

  test('verify nothing twice, end as the processor says, and all end or wait for a person', {
    timeout: 240_000 + CONFIRMS * 100,
  }, async () => {
    const server = await installation.startServer();
    const met = await confirmUnderFaults(server, CONFIRMS, seeded(SEED));
    await lookUntilEnded(server, { faults: FAULTS, deaf: 2 }, seeded(SEED + 1));
    expect(await server.stop()).toBe(0);

    const books = await installation.books();
    expect(unfinished(books)).toBe(0);
    expectAgreement(books);
    expect(books.intents.length).toBe(CONFIRMS);
    expect(succeeded(books)).toBeGreaterThan(CONFIRMS / 3);
    const outcomes = new Set(books.attempts.map(({ outcome }) => outcome));
    for (const outcome of ['approved', 'declined', 'not_processed']) expect(outcomes).toContain(outcome);
    // Every kind that the simulator lists was met, however many it learns.
    expect([...met].sort()).toEqual(kindsOn('verify'));
    recordFact('unknown.seed', String(SEED));
    recordFigure('unknown.confirms', books.attempts.length);
    recordFigure('unknown.verifications', verifications(books));
    recordFigure('unknown.kinds of fault', met.size);
    recordFigure('unknown.flagged', flagged(books));
    recordFigure('unknown.contradictions', contradictions(books).length);
  });

  const plants = [
    // a connector that              is found by
    ['asks again under another key', 'doubled'],
    ['takes unknown for declined', 'wrong ending'],
  ] as const;
  for (const [planted, finding] of plants) {
    test(`a connector that ${planted} is found out`, { timeout: 120_000 }, async () => {
      const before = new Set(contradictions(await installation.books()));
      const server = await installation.startServer({ ONFILE_TEST_PLANTED: planted });
      for (let i = 0; i < 6; i += 1) {
        await script(installation.simulatorUrl, {
          operation: 'verify',
          behaviour: i % 2 ? 'error_after' : 'reset_after',
        });
        const shop = shopAt(server, installation);
        await shop.confirm((await shop.create()).body.id);
      }
      const found = contradictions(await installation.books()).filter((sentence) => !before.has(sentence));
      await server.stop();
      expect(found.map((sentence) => sentence.split(':')[0])).toContain(finding);
      recordFigure('unknown.controls', 1);
    });
  }

  function kindsOn(operation: string): string[] {
    return Object.keys(behaviours)
      .filter((kind) => behaviours[kind]?.includes(operation))
      .sort();
  }

  async function readBehaviours(): Promise<Readonly<Record<string, readonly string[]>>> {
    const answer = await fetch(`${installation.simulatorUrl}/control`);
    const { behaviours: all } = (await answer.json()) as { behaviours: Record<string, { on: readonly string[] }> };
    return Object.fromEntries(Object.entries(all).map(([kind, { on }]) => [kind, on]));
  }

  /** Answers which kinds were met. Every kind is met once, then they are drawn. */
  async function confirmUnderFaults(server: ServerProcess, count: number, random: () => number) {
    const kinds = kindsOn('verify');
    const met = new Set<string>();
    const shop = shopAt(server, installation);
    await inTurns(count, AT_ONCE, async (index) => {
      const every = Math.floor(1 / FAULTS);
      const kind = index % every === 0 ? kinds[index / every] : undefined;
      const drawn = kind ?? (random() < FAULTS ? kinds[Math.floor(random() * kinds.length)] : undefined);
      const flow = (await shop.create()).body.id;
      if (drawn !== undefined) {
        met.add(drawn);
        await script(installation.simulatorUrl, { operation: 'verify', behaviour: drawn, ms: msOf(drawn) });
      }
      if (index % 60 === 59) await outage(index % 120 === 59 ? 'unavailable' : 'close');
      const answer = await shop.confirm(flow);
      if (index % 60 === 59) await outage(null);
      expect(answer.status).toBeLessThan(500);
      await authenticate(answer, random);
    });
    return met;
  }

  /** What the cardholder does when they are asked; one of four stays away. */
  async function authenticate({ body }: Answer, random: () => number): Promise<void> {
    const url = body.next_action?.redirect_to_url?.url;
    const outcome = ['pass', 'pass', 'fail', 'stay away'][Math.floor(random() * 4)] as string;
    if (url === undefined || outcome === 'stay away') return;
    if (random() < FAULTS) await script(installation.simulatorUrl, { operation: 'authorize', behaviour: 'decline' });
    if (random() < FAULTS) await scriptLook(random, ['look_up']);
    const back = await fetch(await leaveChallenge(url, outcome), { redirect: 'manual' });
    expect(back.status).toBeLessThan(500);
    await back.body?.cancel();
  }

  /** Answers where the browser is sent. While others' outage lasts the bank's page is away too, and is tried again. */
  async function leaveChallenge(url: string, outcome: string): Promise<string> {
    const form = new URLSearchParams({ outcome });
    for (const end = Date.now() + 10 * SECOND_MS; Date.now() < end; await delay(50)) {
      const page = await fetch(url, { method: 'POST', body: form, redirect: 'manual' }).catch(() => null);
      const location = page?.headers.get('location') ?? null;
      await page?.body?.cancel();
      if (location !== null) return location;
    }
    throw new Error(`The challenge at ${url} cannot be answered`);
  }

  /** Moves the clock by the schedule until nothing waits; so many attempts never get a readable answer. */
  async function lookUntilEnded(
    server: ServerProcess,
    { faults, deaf }: { readonly faults: number; readonly deaf: number },
    random: () => number,
  ): Promise<void> {
    await scriptLooks(faults, random, { early: true });
    await pass(server, FIRST_LOOKS_MS);
    // Whatever the processor still held back happens now.
    await fetch(`${installation.simulatorUrl}/control`, { method: 'DELETE' });
    const asking = await database.query(`SELECT id FROM setup_attempts WHERE state = 'asking' LIMIT ${deaf}`);
    for (const { id } of asking.rows) {
      const step = { match: { reference: id }, operation: 'look_up', behaviour: 'error_after', times: 1_000_000 };
      await script(installation.simulatorUrl, step);
    }
    for (const ms of LATER_LOOKS_MS) {
      if (unfinished(await installation.books()) === 0) return;
      await scriptLooks(faults, random, { early: false });
      await pass(server, ms);
    }
  }

  /** Moves the clock, and waits until nobody is due any more: every attempt was looked at. */
  async function pass(server: ServerProcess, ms: number): Promise<void> {
    skewMs += ms;
    await server.skew(skewMs);
    for (const end = Date.now() + 60_000; Date.now() < end; await delay(100)) {
      const due = await database.query('SELECT FROM setup_attempts WHERE next_check_at <= $1 LIMIT 1', [
        new Date(Date.now() + skewMs),
      ]);
      if (due.rowCount === 0) return;
    }
    throw new Error('Attempts were due and nobody looked at them for a minute');
  }

  async function scriptLooks(faults: number, random: () => number, { early }: { readonly early: boolean }) {
    const open = unfinished(await installation.books());
    for (let i = 0; i < Math.min(40, Math.ceil(open * faults)); i += 1) {
      // A processor may not find at first what it has; after its settling time that would be a lie.
      await scriptLook(random, early ? ['look_up', 'not found'] : ['look_up', 'void']);
    }
  }

  async function scriptLook(random: () => number, on: readonly ('look_up' | 'void' | 'not found')[]): Promise<void> {
    const chosen = on[Math.floor(random() * on.length)] as (typeof on)[number];
    const operation = chosen === 'void' ? 'void' : 'look_up';
    const kinds = kindsOn(operation).filter((kind) => kind !== 'not_found_early');
    const drawn = kinds[Math.floor(random() * kinds.length)] as string;
    const behaviour = chosen === 'not found' ? 'not_found_early' : drawn;
    await script(installation.simulatorUrl, { operation, behaviour, ms: msOf(behaviour) });
  }

  async function outage(how: 'unavailable' | 'close' | null): Promise<void> {
    await fetch(`${installation.simulatorUrl}/control/outage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ on: how !== null, ...(how && { how }) }),
    });
  }
});

function msOf(behaviour: string): number {
  return behaviour === 'delay' ? LATE_MS : 30_000;
}
