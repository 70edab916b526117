import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contradictions, succeeded, verifications } from '../prove/books.js';
import { recordFigure } from '../prove/figures.js';
import { expectAgreement, type Installation, type ServerProcess, startInstallation } from '../prove/installation.js';
import { shopAt } from '../prove/shop.js';

const SETUPS = Number(process.env.ONFILE_RACE_SETUPS ?? 6);
const AT_ONCE = Number(process.env.ONFILE_RACE_CONFIRMS ?? 64);
const SERVERS = 2;
const MS_PER_CONFIRM = 100;

describe(`${SETUPS} setups that are confirmed ${AT_ONCE} times at once, over ${SERVERS} server processes`, () => {
  let installation: Installation;
  let servers: readonly ServerProcess[];
  beforeAll(async () => {
    installation = await startInstallation();
    servers = await startServers(installation);
  }, 180_000);
  afterAll(() => installation?.stop());

  test('each begin one attempt, ask the processor once, and tell everybody else that it is under way', {
    timeout: 60_000 + SETUPS * AT_ONCE * MS_PER_CONFIRM,
  }, async () => {
    let refused = 0;
    for (let setup = 0; setup < SETUPS; setup += 1) {
      const answers = await confirmAtOnce(installation, servers, AT_ONCE);
      const won = answers.filter(({ status }) => status === 200);
      const others = answers.filter(({ status }) => status >= 400 && status < 500);
      const faults = answers.filter(({ status }) => status >= 500);
      expect(faults.map(({ status, body }) => `${status} ${body.code}`)).toEqual([]);
      expect([won.length, others.length]).toEqual([1, AT_ONCE - 1]);
      expect(won[0]?.body.status).toBe('succeeded');
      refused += others.length;
    }
    const books = await installation.settledBooks(60_000);
    expectAgreement(books);
    const counts = [books.intents.length, books.attempts.length, verifications(books), succeeded(books)];
    expect(counts).toEqual([SETUPS, SETUPS, SETUPS, SETUPS]);
    recordFigure('races.setups', SETUPS);
    recordFigure('races.confirms', SETUPS * AT_ONCE);
    recordFigure('races.attempts', books.attempts.length);
    recordFigure('races.processor calls', verifications(books));
    recordFigure('races.refused', refused);
  });
});

describe('the same, with the guard and the unique index taken away', () => {
  let installation: Installation;
  let servers: readonly ServerProcess[];
  beforeAll(async () => {
    installation = await startInstallation({
      environment: { ONFILE_TEST_PLANTED: 'begins whatever the status is' },
    });
    servers = await startServers(installation);
    const client = new pg.Client(installation.database);
    await client.connect();
    await client.query('DROP INDEX setup_attempts_one_open');
    await client.end();
  }, 180_000);
  afterAll(() => installation?.stop());

  test('asks the processor more than once, and is found out', { timeout: 120_000 }, async () => {
    await confirmAtOnce(installation, servers, AT_ONCE);
    const books = await installation.books();
    expect(books.attempts.length).toBeGreaterThan(1);
    expect(verifications(books)).toBeGreaterThan(1);
    expect(contradictions(books)).not.toEqual([]);
    recordFigure('races.controls', 1);
  });
});

async function startServers(installation: Installation): Promise<readonly ServerProcess[]> {
  // The first makes the key files.
  const first = await installation.startServer();
  const others = Array.from({ length: SERVERS - 1 }, () => installation.startServer());
  return [first, ...(await Promise.all(others))];
}

async function confirmAtOnce(installation: Installation, servers: readonly ServerProcess[], count: number) {
  const shops = servers.map((server) => shopAt(server, installation));
  const created = await shops[0]?.create();
  const flow = created?.body.id ?? '';
  return Promise.all(
    Array.from({ length: count }, (_, index) => shops[index % shops.length]?.confirm(flow)),
  ) as Promise<Awaited<ReturnType<(typeof shops)[number]['confirm']>>[]>;
}
