import { randomInt } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contradictions } from '../prove/books.js';
import { recordFact, recordFigure } from '../prove/figures.js';
import { expectAgreement, type Installation, type ServerProcess, startInstallation } from '../prove/installation.js';
import { inTurns, type Shop, seeded, shopAt } from '../prove/shop.js';

const ALL_ORDERS = permutations(['confirm', 'cancel', 'update', 'return', 'expire'] as const);
const ORDERS = Number(process.env.ONFILE_RACE_ORDERS ?? 30);
const SEED = Number(process.env.ONFILE_RACE_SEED ?? randomInt(2 ** 31));
const AT_ONCE = 4;
const SETTLED_MS_MAX = 60_000;

type Command = 'confirm' | 'cancel' | 'update' | 'return' | 'expire';

describe(`a setup whose cardholder just passed 3-D Secure (seed ${SEED})`, () => {
  let installation: Installation;
  let database: pg.Pool;
  let servers: readonly ServerProcess[];
  beforeAll(async () => {
    installation = await startInstallation();
    database = new pg.Pool(installation.database);
    const first = await installation.startServer();
    servers = [first, await installation.startServer()];
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await installation?.stop();
  });

  test(`ends once, and as the processor says, whatever of ${ORDERS} orders in which confirm, cancel, update, return and expiry come, at once and one by one`, {
    timeout: 120_000 + ORDERS * 2_000,
  }, async () => {
    const random = seeded(SEED);
    const orders = Array.from({ length: ORDERS }, (_, index) => {
      const isAll = ORDERS >= ALL_ORDERS.length;
      return ALL_ORDERS[isAll ? index % ALL_ORDERS.length : Math.floor(random() * ALL_ORDERS.length)] as Command[];
    });
    await inTurns(orders.length, AT_ONCE, async (index) => {
      const order = orders[index] as Command[];
      await run(order, { atOnce: index % 2 === 0 });
      await run(order, { atOnce: index % 2 === 1 });
    });
    await everySetupEnded();
    const books = await installation.settledBooks(SETTLED_MS_MAX);
    expectAgreement(books);
    const endings = new Set(books.intents.map(({ status }) => status));
    expect([...endings].sort()).toEqual(['canceled', 'succeeded']);
    recordFact('races.seed', String(SEED));
    recordFigure('races.orders', new Set(orders.map(String)).size);
    recordFigure('races.histories', books.intents.length);
  });

  test('that is canceled by a server that forgets to undo is found out', { timeout: 120_000 }, async () => {
    const forgetful = await installation.startServer({ ONFILE_TEST_PLANTED: 'forgets to undo' });
    const shop = shopAt(forgetful, installation);
    const { flow } = await passedChallenge(shop);
    expect((await shop.cancel(flow)).body.status).toBe('canceled');
    await forgetful.stop();
    const found = contradictions(await installation.settledBooks(SETTLED_MS_MAX));
    expect(found.map((sentence) => sentence.split(':')[0])).toEqual(['wrong ending']);
    recordFigure('races.controls', 1);
  });

  async function run(order: readonly Command[], { atOnce }: { readonly atOnce: boolean }): Promise<void> {
    const shops = servers.map((server) => shopAt(server, installation));
    const { flow, id, returnUrl } = await passedChallenge(shops[0] as Shop);
    const commands = order.map((command, index) => () => give(command, shops[index % shops.length] as Shop));
    if (atOnce) await Promise.all(commands.map((command) => command()));
    else for (const command of commands) await command();

    async function give(command: Command, shop: Shop): Promise<void> {
      if (command === 'expire') {
        const values = [id, new Date()];
        const { rowCount } = await database.query('UPDATE setup_intents SET expires_at = $2 WHERE id = $1', values);
        expect(rowCount).toBe(1);
        return;
      }
      const status = command === 'return' ? await goTo(returnUrl) : (await tell(command, shop)).status;
      expect(status, command).toBeLessThan(500);
    }

    function tell(command: 'confirm' | 'cancel' | 'update', shop: Shop) {
      if (command === 'update') return shop.update(flow, { metadata: { order: order.join() } });
      return shop[command](flow);
    }
  }

  async function passedChallenge(shop: Shop) {
    const options = { card: { request_three_d_secure: 'any' } };
    const flow = (await shop.create({ usage: 'on_session', payment_method_options: options })).body.id;
    const confirmed = await shop.confirm(flow);
    expect(confirmed.body.status).toBe('requires_action');
    const url = confirmed.body.next_action?.redirect_to_url?.url ?? '';
    const form = new URLSearchParams({ outcome: 'pass' });
    const page = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
    const newest = await database.query(`SELECT setup_intent_id FROM setup_attempts WHERE authentication_url = $1`, [
      url,
    ]);
    return { flow, id: newest.rows[0].setup_intent_id as string, returnUrl: page.headers.get('location') ?? '' };
  }

  async function everySetupEnded(): Promise<void> {
    const open = `SELECT FROM setup_intents WHERE status NOT IN ('succeeded', 'canceled')`;
    await expect.poll(async () => (await database.query(open)).rowCount, { timeout: SETTLED_MS_MAX }).toBe(0);
  }
});

async function goTo(url: string): Promise<number> {
  const answer = await fetch(url, { redirect: 'manual' });
  await answer.body?.cancel();
  return answer.status;
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
