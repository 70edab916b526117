import {
  type Call,
  type Confirmation,
  createOperations,
  multipliedLimits,
  type Operations,
  type Scope,
  type SetupIntent,
} from '@onfile/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accepted, confirmation, newIntent, newSession, startWorld, told, type World } from './world.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const VISA = '4242424242424242';
/** Published for testing; each is verified five times a day at most. */
const CARDS = [
  ...['4012888888881881', '5555555555554444', '5105105105105100', '3530111333300000', '3566002020360505'],
  ...['5200828282828210', '2223003122003222', '38520000023237', '30569309025904', '6011111111111117'],
  ...['6011000990139424', '4000000900000003', '4000000000000002', '4000000000000069', '4000008400001629'],
  ...['4100000000000019', '4000003720000278', '4000000000080319', '4000003560000123', '4000000000080202'],
  ...['4000002500003155', '4000002760003184', '4000003800000446', '4000008260003178', '6555900000604105'],
];
/** Published as well; their numbers differ in the last four digits only. */
const NEIGHBOURS = [
  '0002',
  '0069',
  '0127',
  '0119',
  '4012',
  '0077',
  '0101',
  '0044',
  '0036',
  '3220',
  '3063',
  '3055',
  '3097',
];
const anyCard = (n: number) => CARDS[n % CARDS.length] ?? VISA;

let world: World;
let operations: Operations;
let scope: Scope;
let addresses = 0;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
/** Each case has a merchant of its own, with the limits of live mode. */
beforeEach(async () => {
  world.pass(2 * DAY_MS);
  scope = await world.newScope();
  operations = createOperations({ ...world.ports, limits: { live: multipliedLimits(1), test: multipliedLimits(1) } });
});

function call(address: string | null = null): Call {
  return { scope, idempotency: null, client: { address, userAgent: 'test' } };
}

function newAddress(): string {
  addresses += 1;
  return `198.51.${Math.floor(addresses / 250)}.${addresses % 250}`;
}

async function created(parts: Parameters<typeof newIntent>[0] = {}): Promise<SetupIntent> {
  return accepted(await operations.setupIntents.create(call(), newIntent(parts)));
}

interface Try extends Partial<Confirmation> {
  readonly card?: string;
  readonly address?: string;
}

/** One card of one browser on a setup of its own, unless it says otherwise. */
async function tried({ card = VISA, address = newAddress(), ...parts }: Try = {}, intent?: SetupIntent) {
  const { id } = intent ?? (await created());
  return operations.setupIntents.confirm(call(address), id, confirmation(world.card(card), parts));
}

async function times(count: number, act: (n: number) => Promise<Awaited<ReturnType<typeof tried>>>) {
  const outcomes: string[] = [];
  for (let n = 0; n < count; n += 1) outcomes.push(told(await act(n)));
  return outcomes;
}

const many = (count: number, outcome: string) => Array.from({ length: count }, () => outcome);
const LIMITED = 'confirmation_limit_reached';
const DECLINED = 'requires_payment_method';

/** The issuer says no, whatever the card. */
function decline(count: number): void {
  for (let n = 0; n < count; n += 1) world.connector.script('verify', 'reject');
}

describe('one setup', () => {
  test('is confirmed five times, and is canceled by the sixth', async () => {
    const intent = await created();
    decline(5);
    const outcomes = await times(6, () => tried({}, intent));
    expect(outcomes).toEqual([...many(5, DECLINED), 'setup_intent_attempts_exhausted']);
    expect(told(await operations.setupIntents.retrieve(scope, intent.id))).toBe('canceled');
  });

  test('takes three different cards, and is canceled by the fourth', async () => {
    const intent = await created();
    decline(3);
    const outcomes = await times(4, (n) => tried({ card: anyCard(n) }, intent));
    expect(outcomes).toEqual([...many(3, DECLINED), 'setup_intent_attempts_exhausted']);
    expect(told(await operations.setupIntents.retrieve(scope, intent.id))).toBe('canceled');
    expect(told(await tried({}, intent))).toBe('setup_intent_unexpected_status');
  });

  test('that has a time limit of its own refuses until then, and is not canceled', async () => {
    const intent = await created({ expiresAt: world.now() + HOUR_MS, attemptsMax: 2 });
    decline(2);
    const outcomes = await times(4, () => tried({}, intent));
    expect(outcomes).toEqual([...many(2, DECLINED), ...many(2, 'setup_intent_attempts_exhausted')]);
    expect(told(await operations.setupIntents.retrieve(scope, intent.id))).toBe(DECLINED);
  });

  test('of a checkout session ends together with it', async () => {
    const { session, intent } = accepted(await operations.checkoutSessions.create(call(), newSession()));
    decline(5);
    await times(6, () => tried({ by: 'session' }, intent));
    const ended = accepted(await operations.checkoutSessions.retrieve(scope, session.id));
    expect([ended.session.status, ended.intent.status]).toEqual(['expired', 'canceled']);
  });
});

describe('one address', () => {
  test('confirms ten times in ten minutes, and again after them', async () => {
    const address = newAddress();
    expect(await times(12, (n) => tried({ address, card: anyCard(n) }))).toEqual([
      ...many(10, 'succeeded'),
      ...many(2, LIMITED),
    ]);
    world.pass(10 * MINUTE_MS);
    expect(told(await tried({ address, card: '4000000900000003' }))).toBe('succeeded');
  });

  test('is told when to try again', async () => {
    const address = newAddress();
    await times(10, (n) => tried({ address, card: anyCard(n) }));
    world.pass(4 * MINUTE_MS);
    expect(await tried({ address })).toMatchObject({
      refusal: { code: LIMITED, facts: { limit: 'address', retryAfterSeconds: 360 } },
    });
  });

  test('is its network of 64 bits, where it is of IPv6', async () => {
    const outcomes = await times(11, (n) => tried({ address: `2001:db8:1:${addresses}::${n}`, card: anyCard(n) }));
    expect(outcomes.at(-1)).toBe(LIMITED);
    expect(told(await tried({ address: '2001:db8:2::1', card: '4000000900000003' }))).toBe('succeeded');
  });

  test('is not the merchant’s server’s, which confirms for many', async () => {
    const outcomes = await times(12, (n) => tried({ by: 'merchant', address: '203.0.113.1', card: anyCard(n) }));
    expect(outcomes).toEqual(many(12, 'succeeded'));
  });

  test('lets no more through when all come at once', async () => {
    const address = newAddress();
    const intents = await Promise.all(Array.from({ length: 24 }, () => created()));
    const outcomes = await Promise.all(intents.map((intent, n) => tried({ address, card: anyCard(n) }, intent)));
    const saved = outcomes.map(told).filter((each) => each === 'succeeded');
    expect(saved).toHaveLength(10);
  });
});

describe('one card', () => {
  test('is verified five times a day by a merchant, from wherever, and once more the next day', async () => {
    expect(await times(6, () => tried())).toEqual([...many(5, 'succeeded'), LIMITED]);
    world.pass(DAY_MS);
    expect(told(await tried())).toBe('succeeded');
  });

  test('is verified ten times a day by all merchants together', async () => {
    const outcomes: string[] = [];
    for (let merchant = 0; merchant < 3; merchant += 1) {
      scope = await world.newScope();
      outcomes.push(...(await times(4, () => tried({ card: '5105105105105100' }))));
    }
    expect(outcomes).toEqual([...many(10, 'succeeded'), ...many(2, LIMITED)]);
  });
});

describe('one merchant', () => {
  const confirmed = (count: number) => times(count, (n) => tried({ card: anyCard(n) }));

  test('confirms sixty times at once, then ten times a minute', async () => {
    expect(await confirmed(61)).toEqual([...many(60, 'succeeded'), LIMITED]);
    world.pass(MINUTE_MS);
    expect(await confirmed(11)).toEqual([...many(10, 'succeeded'), LIMITED]);
  });

  test('may have a rate of its own', async () => {
    await world.storage.saveConfirmationRate(scope, { perHour: 60, burst: 3 }, world.now());
    expect(await confirmed(4)).toEqual([...many(3, 'succeeded'), LIMITED]);
    world.pass(MINUTE_MS);
    expect(await confirmed(2)).toEqual(['succeeded', LIMITED]);
    await world.storage.saveConfirmationRate(scope, null, world.now());
    expect(await confirmed(5)).toEqual(many(5, 'succeeded'));
  });

  test('loses nothing of its rate to whom another limit stops', async () => {
    const address = newAddress();
    await times(10, (n) => tried({ address, card: anyCard(n) }));
    await times(100, () => tried({ address }));
    expect((await confirmed(51)).filter((each) => each === 'succeeded')).toHaveLength(50);
  });
});

describe('somebody who tries cards out at a merchant', () => {
  const detect = () => operations.jobs.detectAttacks();

  /** Verifications of these cards, from as many addresses, at a merchant that may do so many. */
  async function tryOut(
    count: number,
    { isDeclined, cardOf = anyCard }: { isDeclined: (n: number) => boolean; cardOf?: (n: number) => string },
  ) {
    await world.storage.saveConfirmationRate(scope, { perHour: 10_000, burst: 1_000 }, world.now());
    for (let n = 0; n < count; n += 1) {
      await tried({ card: cardOf(n) });
      if (isDeclined(n)) await pretendDecline();
    }
  }

  /** The processor in memory approves every card, so the outcome of the latest attempt is put down here. */
  async function pretendDecline() {
    await world.query(
      `UPDATE setup_attempts SET outcome = 'declined' WHERE id = (
        SELECT max(id::text)::uuid FROM setup_attempts WHERE merchant_id = $1
      )`,
      [scope.merchantId],
    );
  }

  // biome-ignore format: a table
  const SIGNS = [
    ['fifty verifications, more than half declined',   50, (n: number) => n % 2 === 0 || n === 1, true],
    ['forty-nine verifications, all declined',         49, () => true,                            false],
    ['fifty verifications, half of them declined',     50, (n: number) => n % 2 === 0,            false],
  ] as const;
  for (const [what, count, isDeclined, isAttack] of SIGNS) {
    test(`is ${isAttack ? 'noticed' : 'not suspected'} by ${what}`, async () => {
      await tryOut(count, { isDeclined });
      expect(await detect()).toEqual(isAttack ? [scope] : []);
      expect(await detect()).toEqual([]);
    });
  }

  test('is noticed by numbers that are near to each other, though every card is approved', async () => {
    const near = (n: number) => `400000000000${NEIGHBOURS[n % NEIGHBOURS.length]}`;
    const cardOf = (n: number) => (n % 25 < 13 ? near(n % 25) : anyCard((n % 25) - 13));
    await tryOut(50, { isDeclined: () => false, cardOf });
    expect(await detect()).toEqual([scope]);
  });

  async function underAttack(): Promise<void> {
    await tryOut(50, { isDeclined: () => true });
    expect(await detect()).toEqual([scope]);
  }

  test('has every browser authenticated, while the merchant’s own server confirms as before', async () => {
    await underAttack();
    const browser = accepted(await tried());
    expect([browser.status, browser.threeDSecureRequest]).toEqual(['requires_action', 'any']);
    expect(told(await tried({ by: 'merchant' }))).toBe('succeeded');
    world.pass(10 * MINUTE_MS);
    expect(told(await tried())).toBe('succeeded');
  });

  test('is refused where no cardholder can be authenticated', async () => {
    await underAttack();
    const intent = await created({ threeDSecureRequest: 'none' });
    const outcome = await tried({}, intent);
    expect(outcome).toMatchObject({ refusal: { code: LIMITED, facts: { limit: 'attack', retryAfterSeconds: 600 } } });
    expect(told(await tried({ by: 'merchant' }, intent))).toBe('succeeded');
  });

  test('does not count what lies longer back than ten minutes', async () => {
    await tryOut(30, { isDeclined: () => true });
    world.pass(10 * MINUTE_MS);
    await tryOut(30, { isDeclined: () => true });
    expect(await detect()).toEqual([]);
  });

  test('leaves counts behind that are deleted when their time is over', async () => {
    await tryOut(3, { isDeclined: () => true });
    world.pass(2 * DAY_MS);
    while ((await operations.jobs.forgetCounts(10)) >= 10);
    expect(await world.query('SELECT count(*)::int AS kept FROM limit_counters')).toEqual([{ kept: 0 }]);
    expect(await world.query('SELECT count(*)::int AS kept FROM card_sightings')).toEqual([{ kept: 0 }]);
  });
});
