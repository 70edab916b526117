import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { databaseUrl } from '../running-server.js';
import { type Ended, linesOf, runOnfile } from './command.js';

// Each test starts processes, which takes its time on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const MAIN = join(import.meta.dirname, '../..', 'apps/cli/dist/main.js');

let directory: string;
let postgres: Awaited<ReturnType<typeof startServerForTests>>;
beforeAll(async () => {
  await stat(MAIN).catch(() => {
    throw new Error(`${MAIN} is missing. Run: npm run build`);
  });
  directory = await mkdtemp(join(tmpdir(), 'onfile-cli-'));
  postgres = await startServerForTests();
});
afterAll(async () => {
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});

function onfile(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return runOnfile(args, { cwd: directory, env: { DATABASE_URL: databaseUrl(postgres.connection), ...environment } });
}

describe('the command line', () => {
  test('tells its version, its commands with examples, and its exit codes', async () => {
    expect((await onfile(['--version'])).stdout).toBe('0.1.0\n');
    const help = await onfile(['--help']);
    expect(help.code).toBe(0);
    for (const word of ['dev', 'serve', 'migrate', 'keys', 'Exit codes']) expect(help.stdout).toContain(word);
    expect((await onfile(['keys', 'create', '--help'])).stdout).toContain('$ onfile keys create');
  });

  const misuses = [
    // arguments                                  environment                       what it names
    [['nothing'], {}, "unknown command 'nothing'"],
    [['serve', '--role', 'cashier'], {}, 'Allowed choices are all, api, vault, worker'],
    [['keys', 'revoke', 'x'], {}, 'UUID'],
    [['keys', 'create', '--kind', 'other'], {}, 'Allowed choices are secret, public'],
    [['serve'], { ONFILE_PORT: 'x', DATABASE_URL: 'x' }, 'ONFILE_PORT is "x"'],
  ] as const;
  for (const [args, environment, named] of misuses) {
    test(`onfile ${args.join(' ')} with ${JSON.stringify(environment)} ends with 2 and says why`, async () => {
      const ended = await onfile(args, environment);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(named);
      expect(ended.stdout).toBe('');
    });
  }

  test('the dashboard, which is not there yet, is refused with 4 and the reason', async () => {
    const ended = await onfile(['serve', '--role', 'dashboard']);
    expect([ended.code, ended.stdout]).toEqual([4, '']);
    expect(ended.stderr).toContain('no dashboard yet');
  });

  test('a live key is refused with 4 and the reason', async () => {
    const ended = await onfile(['keys', 'create', '--mode', 'live']);
    expect([ended.code, ended.stdout]).toEqual([4, '']);
    expect(ended.stderr).toContain('test mode only');
  });

  test('without a merchant there are no keys to list; one is made with its first key, which works until it is revoked', async () => {
    expect((await onfile(['keys', 'list'])).stderr).toContain('onfile keys create --merchant-name');
    const [made] = linesOf(await onfile(['keys', 'create', '--merchant-name', 'Shop', '--name', 'first']));
    expect(made).toMatchObject({
      kind: 'secret',
      mode: 'test',
      name: 'first',
      key: expect.stringMatching(/^sk_test_/),
    });

    const [listed, ...others] = linesOf(await onfile(['keys', 'list']));
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ id: made.id, revokedAt: null });
    expect(JSON.stringify(listed)).not.toContain(made.key.slice(-43));

    expect((await onfile(['keys', 'revoke', made.id])).code).toBe(0);
    expect(linesOf(await onfile(['keys', 'list']))[0].revokedAt).toEqual(expect.any(String));
  });

  test('credential sets are made, shown once, listed without their secrets, and revoked', async () => {
    const [made] = linesOf(
      await onfile(['keys', 'clients', 'create', '--set', 'iframe', '--merchant-name', 'A diner']),
    );
    expect(made).toMatchObject({ set: 'iframe', mode: 'test', clientId: expect.any(String) });
    expect(made.clientSecret).toMatch(/^[0-9A-Za-z]{43}$/);
    const list = async () => linesOf(await onfile(['keys', 'clients', 'list', '--merchant', made.merchantId]));
    const { clientSecret: _, ...shown } = made;
    expect(await list()).toEqual([{ ...shown, createdAt: expect.any(String), revokedAt: null }]);

    const revoke = (id: string) => onfile(['keys', 'clients', 'revoke', id, '--merchant', made.merchantId]);
    expect((await revoke(made.id)).code).toBe(0);
    expect((await list())[0].revokedAt).not.toBeNull();
    expect((await revoke(made.merchantId)).code).toBe(4);
    expect((await revoke('x')).code).toBe(2);
  });

  test('a credential set may have fewer scopes, of those that there are', async () => {
    const create = (...args: string[]) => onfile(['keys', 'clients', 'create', '--merchant-name', 'A bar', ...args]);
    const scopes = ['setup_intents:read', 'mandates:read'];
    expect(linesOf(await create('--scope', ...scopes))[0].scopes).toEqual(scopes);
    const refused = await create('--scope', 'setup_intents:fly');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('has no scope setup_intents:fly');
    expect((await create('--set', 'iframe', '--scope', 'mandates:read')).code).toBe(2);
  });

  test('origins of a merchant are registered once, listed and removed', async () => {
    const [{ merchantId }] = linesOf(await onfile(['keys', 'create', '--merchant-name', 'Shop with pages']));
    const origins = (...args: string[]) => onfile(['merchants', 'origins', ...args, '--merchant', merchantId]);
    const refused = await origins('add', 'https://shop.example/cart');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('use https://shop.example');

    expect(linesOf(await origins('add', 'https://shop.example'))[0]).toMatchObject({ merchantId, added: true });
    expect(linesOf(await origins('add', 'https://shop.example'))[0]).toMatchObject({ added: false });
    expect(linesOf(await origins('list'))).toEqual([{ merchantId, origin: 'https://shop.example' }]);
    expect((await origins('remove', 'https://shop.example')).code).toBe(0);
    expect((await origins('remove', 'https://shop.example')).code).toBe(4);
    expect(linesOf(await origins('list'))).toEqual([]);
  });

  test('a database that is up to date has nothing to migrate', async () => {
    await onfile(['migrate']);
    expect(linesOf(await onfile(['migrate']))).toEqual([{ applied: [] }]);
  });
});

describe('onfile serve', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`writes JSON lines, answers until ${signal}, and ends with 0`, async () => {
      const child = spawn(process.execPath, [MAIN, 'serve', '--role', 'worker'], {
        cwd: directory,
        env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl(postgres.connection), ONFILE_PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      const events: { event: string; url?: string }[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        const event = JSON.parse(line);
        events.push(event);
        if (event.event !== 'server.listening') continue;
        expect((await fetch(`${event.url}/healthz`)).status).toBe(200);
        child.kill(signal);
      }
      expect(await ended).toEqual([0, null]);
      expect(events.map(({ event }) => event)).toEqual(
        expect.arrayContaining(['server.starting', 'server.listening', 'server.stopping', 'server.stopped']),
      );
    });
  }
});

describe('onfile dev', () => {
  test('names the port that is taken, and the setting that moves it', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    // The vault's port is one above the first.
    const ended = await onfile(['dev'], { ONFILE_PORT: String(port - 1) });
    await new Promise((resolve) => taken.close(resolve));
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain(`${port} (the vault)`);
    expect(ended.stderr).toContain('ONFILE_PORT=');
  });
});
