import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TRIGGERABLE } from '../../apps/cli/src/trigger/triggerable.js';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { type Ended, type Line, linesOf, runOnfile, startOnfileCommand } from './command.js';

// Each test starts processes, which takes its time on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let onfile: RunningOnfile;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onfile-calls-'));
  onfile = await startOnfile();
});
afterAll(async () => {
  await onfile?.stop();
  await rm(folder, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  const { apiUrl, vaultUrl, secretKey, clients, merchantId } = onfile;
  return {
    ONFILE_API_URL: apiUrl,
    ONFILE_VAULT_URL: vaultUrl,
    ONFILE_API_KEY: secretKey,
    ONFILE_MERCHANT: merchantId,
    ONFILE_TOAST_CLIENT_ID: clients.payment.clientId,
    ONFILE_TOAST_CLIENT_SECRET: clients.payment.clientSecret,
  };
}

async function run(...args: readonly string[]): Promise<Ended & { readonly lines: readonly Line[] }> {
  const ended = await runOnfile(args, { cwd: folder, env: environment() });
  return { ...ended, lines: linesOf(ended) };
}

async function answerOf(...args: readonly string[]): Promise<Line> {
  const { lines, code, stderr } = await run(...args);
  expect(code, stderr).toBe(0);
  return lines[0];
}

describe('onfile get and post', () => {
  test('make an object by its fields, and read it by its id', async () => {
    const made = await answerOf('post', '/v2/customers', '-d', 'email=a=b@example.jp', 'metadata.order=1');
    expect(made).toMatchObject({ object: 'customer', email: 'a=b@example.jp', metadata: { order: '1' } });
    expect(await answerOf('get', made.id)).toEqual(made);
    const changed = await answerOf('post', made.id, '-d', 'metadata:={"order":"2"}');
    expect(changed).toMatchObject({ id: made.id, metadata: { order: '2' } });
    await answerOf('post', made.id, '--method', 'DELETE');
    expect((await run('get', made.id)).code).toBe(4);
  });

  test('know an object by its UUID, and find one by its e-mail address', async () => {
    const { id } = await answerOf('post', '/v2/customers', '-d', 'email=found@example.jp');
    const { data } = await answerOf('get', 'found@example.jp');
    expect(data).toMatchObject([{ kind: 'customer', dialect_ids: { payjp: id } }]);
    const flow = await answerOf('post', '/v2/setup_flows');
    const search = await answerOf('get', `/operator/v1/search?q=${flow.id}`);
    expect(await answerOf('get', search.data[0].id)).toMatchObject({ id: search.data[0].id });
  });

  test('log in for a token where Toast asks for one', async () => {
    const customer = await answerOf('post', '/v1/customers', '-d', 'externalReferenceId=1', 'description=a guest');
    const made = await answerOf('post', '/v1/setup-intents', '-d', `customerId=${customer.id}`);
    expect(await answerOf('get', `/v1/setup-intents/${made.id}`)).toMatchObject({ id: made.id });
  });

  test('a refusal is printed as it was answered, and ends with 4', async () => {
    const { code, lines, stderr } = await run('get', 'cus_00000000000000000000000000');
    expect([code, lines[0].status]).toEqual([4, 404]);
    expect(stderr).toContain('404');
  });

  test('-d is refused where it says nothing that can be sent', async () => {
    for (const [field, words] of [
      ['email', 'write name=value'],
      ['metadata:={', 'no JSON'],
      ['__proto__.x=1', 'impossible name'],
      ['a.=1', 'empty'],
    ] as const) {
      const { code, stderr } = await run('post', '/v2/customers', '-d', field);
      expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
  });
});

describe('onfile trigger', () => {
  for (const event of Object.keys(TRIGGERABLE)) {
    test(`makes ${event} happen, once, about the object that it names`, async () => {
      const { id, object, type } = await answerOf('trigger', event);
      const shown = await answerOf('get', id);
      expect([type, shown.type, shown.data.id]).toEqual([event, event, object]);
      const { data } = await answerOf('get', `/v2/events?resource_id=${object}&type=${event}`);
      expect(data).toHaveLength(1);
    });
  }

  test('--set reaches the objects and chooses the card', async () => {
    const set = ['customer.email=jiro@example.jp', 'setup_flow.metadata.plan=gold', 'card.brand=jcb'];
    const { object } = await answerOf('trigger', 'setup_flow.succeeded', '--set', ...set);
    const flow = await answerOf('get', object);
    expect(flow.metadata).toEqual({ plan: 'gold' });
    expect((await answerOf('get', flow.customer_id)).email).toBe('jiro@example.jp');
    expect((await answerOf('get', flow.payment_method_id)).card.brand).toBe('JCB');
    const declined = await answerOf('trigger', 'setup_flow.setup_failed', '--set', 'card.declined_with=expired_card');
    expect((await answerOf('get', declined.object)).last_setup_error.code).toBe('expired_card');
  });

  // biome-ignore format: a table
  const refused = [
    [['customer.created', '--set', 'card.brand=visa'],           2, 'there are customer'],
    [['setup_flow.succeeded', '--set', 'card.brand=none'],       2, 'no test card of brand none'],
    [['setup_flow.processing'],                                  2, 'Allowed choices are customer.created'],
    [[],                                                         2, 'onfile trigger --list'],
    [['customer.created', '--set', 'customer.email=none'],       4, 'email'],
  ] as const;
  for (const [args, code, words] of refused) {
    test(`trigger ${args.join(' ')} ends with ${code} and says why`, async () => {
      const ended = await run('trigger', ...args);
      expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
    });
  }
});

describe('onfile logs', () => {
  test('tells the requests before, and those to come until Ctrl-C', async () => {
    const { id } = await answerOf('post', '/v2/customers', '-d', 'description=logged');
    const { lines } = await run('logs', '--lines', '2');
    expect(lines.at(-1)).toMatchObject({ method: 'POST', path: '/v2/customers', status: 200 });
    expect(lines).toHaveLength(2);

    const following = startOnfileCommand(['logs', '--follow', '--lines', '1'], { cwd: folder, env: environment() });
    await following.until(() => true);
    await run('get', `${id}x`);
    const seen = await following.until(({ status }) => status === 404);
    expect(seen).toMatchObject({ method: 'GET', path: '/v2/customers/:id', error_code: expect.any(String) });
    expect((await following.end('SIGINT')).code).toBe(0);
  });
});

/** One header that a doctor misses, and those that are of the connection or of a compressed body. */
const DROPPED = ['x-content-type-options', 'content-length', 'content-encoding', 'connection'];

describe('onfile doctor', () => {
  test('finds nothing wrong with a server that is well, and says what it looked at', async () => {
    const { code, lines } = await run('doctor');
    expect(lines.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(code).toBe(0);
    expect(new Set(lines.map(({ check }) => check))).toEqual(
      new Set(['server', 'clock', 'tls', 'headers', 'scripts', 'webhooks']),
    );
  });

  test('finds what a proxy changes: a header that is gone, a script with something in it', async () => {
    const proxy = createServer(async (request, response) => {
      const answer = await fetch(onfile.vaultUrl + request.url);
      const body = Buffer.from(await answer.arrayBuffer());
      for (const [name, value] of answer.headers) {
        if (!DROPPED.includes(name)) response.setHeader(name, value);
      }
      response.writeHead(answer.status).end(request.url === '/payments.js' ? `${body};stolen()` : body);
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const { port } = proxy.address() as AddressInfo;
    const env = { ...environment(), ONFILE_VAULT_URL: `http://127.0.0.1:${port}` };
    const ended = await runOnfile(['doctor'], { cwd: folder, env });
    proxy.closeAllConnections();
    await new Promise((done) => proxy.close(done));

    const problems = linesOf(ended).filter(({ level }) => level === 'problem');
    expect(problems.map(({ check, text }) => [check, text.replace(/http:\S+?\d(?=\/)/, '')])).toEqual([
      ['headers', '/payments.js has no x-content-type-options'],
      ['headers', '/setup/cs_none has no x-content-type-options'],
      ['scripts', '/payments.js is not what is published of it'],
    ]);
    expect(problems.every(({ advice }) => advice.length > 10)).toBe(true);
    expect(ended.code).toBe(7);
  });

  test('on the machine of a server looks at its settings and its database', async () => {
    const ended = await runOnfile(['doctor'], {
      cwd: folder,
      env: { ONFILE_DATA_DIR: folder, ONFILE_HOST: '0.0.0.0', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
    });
    const lines = linesOf(ended);
    expect(lines).toContainEqual(
      expect.objectContaining({
        check: 'configuration',
        level: 'warning',
        text: expect.stringContaining('without TLS'),
      }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ check: 'database', level: 'problem', text: expect.stringContaining('ECONNREFUSED') }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ check: 'server', level: 'problem', text: expect.stringContaining('onfile dev') }),
    );
    expect(ended.code).toBe(7);
  });
});
