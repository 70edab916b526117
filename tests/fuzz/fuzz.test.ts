import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DevFile } from '../../apps/cli/src/dev/dev-file.js';
import { type DevProcess, freePorts, startDev } from '../dev-process.js';
import { ENTRIES } from '../isolation/entries.js';
import {
  dumpDatabase,
  filesUnder,
  findInFiles,
  findPlain,
  type Needle,
  needlesOfCode,
  needlesOfNumber,
  needlesOfSecret,
  searchFor,
} from '../leaks-search.js';
import { recordFigure } from '../prove/figures.js';
import { CARD_IN_HEADS, CARDS, CODES } from './canaries.js';
import { type Fuzzed, fuzz } from './fuzz.js';
import { problemOf } from './judge.js';
import { searchMemory } from './process-memory.js';
import { BODIES, type Credentials, type Things } from './seeds.js';
import { credentialsOf, makeThings } from './things.js';

const SEED = Number(process.env.ONFILE_FUZZ_SEED ?? 1);
const REQUESTS = Number(process.env.ONFILE_FUZZ_REQUESTS ?? 1_500);
const TIME_MS = 60_000 + REQUESTS * 40;

const IN_BODIES: readonly Needle[] = CARDS.flatMap(needlesOfNumber);
const CARD_DATA: readonly Needle[] = [...IN_BODIES, ...needlesOfNumber(CARD_IN_HEADS), ...CODES.flatMap(needlesOfCode)];

describe('a server that got altered requests at every route', () => {
  let folder: string;
  let dev: DevProcess;
  let description: DevFile;
  let credentials: Credentials;
  let receiver: Server;
  let fuzzed: Fuzzed;
  let things: Things;
  let stopped = false;
  const delivered: Buffer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onfile-fuzz-'));
    const env = { ONFILE_RATE_LIMITS: 'off', ONFILE_TEST_MODE_LIMIT_FACTOR: '0', ONFILE_LOG_LEVEL: 'debug' };
    dev = await startDev({ dataDir: folder, port: await freePorts(), env });
    description = dev.description as DevFile;
    receiver = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => delivered.push(chunk)).once('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    credentials = await credentialsOf(description);
    const makeAll = async () => {
      things = await makeThings(description, credentials, `http://127.0.0.1:${port}/hooks`);
      return things;
    };
    fuzzed = await fuzz({
      urls: { api: description.apiUrl, vault: description.vaultUrl },
      seed: SEED,
      requests: REQUESTS,
      credentials,
      makeThings: makeAll,
      search: findPlain(CARD_DATA),
    });
    // The last cards are those that memory is most likely to hold.
    await makeAll();
  }, TIME_MS);
  afterAll(async () => {
    receiver?.close();
    receiver?.closeAllConnections();
    if (!stopped) await dev?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('has answered each of them, none with a 5xx, each in its dialect’s shape and without a card', () => {
    expect(fuzzed.problems).toEqual([]);
    const answered = Object.values(fuzzed.statuses).reduce((sum, count) => sum + count);
    expect(answered).toBe(REQUESTS);
    recordFigure('fuzz.requests', answered);
    for (const [status, count] of Object.entries(fuzzed.statuses)) {
      recordFigure('fuzz.answers of 5xx', Number(status) >= 500 ? count : 0);
    }
    // Neither are all of them refused at the door.
    for (const status of [200, 400, 404, 422]) expect([status, fuzzed.statuses[status] ?? 0]).not.toEqual([status, 0]);
  });

  test('still runs, and has logged no fault and masked no card', async () => {
    expect((await fetch(`${description.apiUrl}/healthz`)).status).toBe(200);
    expect((await fetch(`${description.vaultUrl}/payments.js`)).status).toBe(200);
    const events = dev
      .output()
      .split('\n')
      .filter((line) => /"(?:request|process|job)\.fault"|\[masked/.test(line));
    expect(events).toEqual([]);
    recordFigure('fuzz.crashes', events.length);
  });

  test(
    'holds no card and no code in its memory after two seconds of idleness',
    async ({ skip }) => {
      // What is stated is what remains after this time; nothing tells that it has passed but the time itself.
      await new Promise((idle) => setTimeout(idle, IDLE_MS));
      const memory = await searchMemory(dev.pid, findPlain([...IN_BODIES, ...CODES.flatMap(needlesOfCode)]));
      if (memory.kind === 'forbidden') return skip(memory.reason);
      expect(memory.bytes).toBeGreaterThan(50_000_000);
      const { found } = memory;
      expect(found.map(({ what, map, around }) => `${what} in ${map}: ${JSON.stringify(around)}`)).toEqual([]);
      recordFigure('fuzz.copies in memory', found.length);
    },
    TIME_MS,
  );

  test(
    'has written none to its outputs, nor sent one in a webhook, nor any secret',
    async () => {
      const outputs = join(folder, '..', `${folder.split('/').at(-1)}-outputs`);
      // What it prints once, to tell the person who started it.
      const output = dev
        .output()
        .split('\n')
        .filter((line) => !line.startsWith('{"apiUrl"'));
      await writeFile(outputs, output.join('\n'));
      try {
        expect(output.join('\n')).toContain('"request.ended"');
        expect(await findInFiles([outputs], searchFor([...CARD_DATA, ...secrets()]))).toEqual([]);
      } finally {
        await rm(outputs, { force: true });
      }
      expect(delivered.length).toBeGreaterThan(0);
      expect(searchFor(CARD_DATA)(Buffer.concat(delivered))).toEqual([]);
    },
    TIME_MS,
  );

  test(
    'has none in a dump, nor in any file: database with its write-ahead log, ledger of the processor',
    async () => {
      const search = searchFor([...CARD_DATA, ...secrets()]);
      const dump = await dumpDatabase(folder);
      expect(dump).toContain('setup_intents: ');
      expect(search(Buffer.from(dump))).toEqual([]);
      await dev.stop();
      stopped = true;
      const files = (await filesUnder(folder)).filter((file) => !file.endsWith('/dev.json'));
      for (const kind of ['pg_wal', '/base/', 'ledger']) expect(files.some((file) => file.includes(kind))).toBe(true);
      const found = await findInFiles(files, search);
      expect(found).toEqual([]);
      recordFigure('fuzz.canaries found', found.length);
    },
    TIME_MS,
  );

  /** What its holders know, and Onfile keeps as digests or derives. */
  function secrets(): readonly Needle[] {
    const { merchant, operatorKey = '' } = description;
    return [
      ...needlesOfSecret('the secret key', merchant.secretKey),
      ...needlesOfSecret('the operator key', operatorKey),
      ...needlesOfSecret('a client’s secret', merchant.toast.payment.clientSecret),
      ...needlesOfSecret('the webhook token', merchant.webhookToken ?? 'none'),
      ...needlesOfSecret('a flow’s client secret', things.flowSecret ?? 'none'),
      ...needlesOfSecret('an access token', credentials.token),
    ];
  }
});

const IDLE_MS = 2_000;

describe('the fuzzing itself', () => {
  test('knows a body for every route that changes something', () => {
    const changing = Object.keys(ENTRIES).filter((route) => /^(POST|PATCH|PUT)/.test(route));
    expect(changing.filter((route) => !(route in BODIES))).toEqual([]);
  });

  const good = { origin: 'api', method: 'GET', address: '/v2/customers', headers: {}, body: null, head: null } as const;
  const problem = JSON.stringify({ type: 'a', title: 'b', code: 'c', status: 404 });
  const json = 'application/problem+json';
  // biome-ignore format: a table, a line for each answer
  const answers = [
    ['is content with a problem of PAY.JP’s',   '/v2/customers',       { status: 404, contentType: json, text: problem }, null],
    ['sees a 500',                              '/v2/customers',       { status: 500, contentType: json, text: problem }, /status 500/],
    ['sees that nobody answered',               '/v2/customers',       { status: null, contentType: '', text: '' }, /no answer/],
    ['sees another dialect’s shape',            '/v1/setup-intents',   { status: 404, contentType: json, text: problem }, /another shape/],
    ['sees another status inside',              '/v2/customers',       { status: 400, contentType: json, text: problem }, /another shape/],
    ['sees a card in an answer',                '/v2/customers',       { status: 200, contentType: json, text: CARDS[0] }, /card number ending in 8431/],
    ['sees an error page in the operator API',  '/operator/v1/events', { status: 400, contentType: 'text/html', text: '<p>' }, /another shape/],
  ] as const;
  for (const [what, address, answer, expected] of answers) {
    test(what, () => {
      const found = problemOf({ ...good, address }, answer, findPlain(CARD_DATA));
      if (expected === null) expect(found).toBeNull();
      else expect(found).toMatch(expected);
    });
  }

  test(
    'finds a server that breaks, logs and keeps what it is sent',
    async () => {
      const leaky = await startLeaky();
      try {
        const { problems } = await fuzz({
          urls: { api: leaky.url, vault: leaky.url },
          seed: SEED,
          requests: 400,
          credentials: { secretKey: 's', publicKey: 'p', operatorKey: 'o', token: 't', merchantId: 'm' },
          makeThings: async () => ({}),
          search: findPlain(CARD_DATA),
        });
        expect(problems.join('\n')).toMatch(/status 500/);
        expect(problems.join('\n')).toMatch(/the answer holds the card number/);
        const memory = await searchMemory(leaky.child.pid as number, findPlain(IN_BODIES));
        if (memory.kind === 'read') expect(memory.found.length).toBeGreaterThan(0);
        expect(searchFor(CARD_DATA)(Buffer.from(leaky.output())).length).toBeGreaterThan(0);
        recordFigure('fuzz.controls', 1);
      } finally {
        leaky.child.kill('SIGKILL');
        await once(leaky.child, 'exit');
      }
    },
    TIME_MS,
  );
});

/** Everything that Onfile must not do. */
const LEAKY = `
  const kept = [];
  const server = require('node:http').createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    kept.push(body);
    console.log(body);
    response.writeHead(body.length % 2 ? 500 : 200, { 'content-type': 'text/plain' }).end(body);
  });
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;

async function startLeaky(): Promise<{ readonly child: ChildProcess; readonly url: string; output(): string }> {
  const child = spawn(process.execPath, ['-e', LEAKY], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (!/port \d+/.test(output)) await once(child.stdout, 'data');
  return { child, url: `http://127.0.0.1:${/port (\d+)/.exec(output)?.[1]}`, output: () => output };
}
