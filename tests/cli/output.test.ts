import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { candidatesFor } from '../../apps/cli/src/completion/candidates.js';
import { SHELLS } from '../../apps/cli/src/completion/shell-scripts.js';
import { choosePaint, EXIT_CODES, EXIT_CODES_HELP } from '../../apps/cli/src/output.js';
import { createProgram } from '../../apps/cli/src/program.js';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { type Ended, linesOf, runOnfile, startOnfileCommand } from './command.js';

// Each test starts processes, which takes its time on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let onfile: RunningOnfile;
/** Takes requests and never answers. */
let silent: Server;
let silentUrl: string;
let asked: Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onfile-output-'));
  onfile = await startOnfile();
  let tell: () => void = () => undefined;
  asked = new Promise((resolve) => {
    tell = resolve;
  });
  silent = createServer(() => tell());
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await onfile?.stop();
  silent.closeAllConnections();
  await new Promise((done) => silent.close(done));
  await rm(folder, { recursive: true, force: true });
});

/** Of a merchant that no server knows. */
const A_KEY = `sk_test_${'0'.repeat(26)}${'1'.repeat(26)}${'a'.repeat(49)}`;

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runOnfile(args, { cwd: folder, env: { XDG_STATE_HOME: join(folder, 'state'), ...env } });

function allCommands(command: Command, path: readonly string[] = []): { path: readonly string[]; command: Command }[] {
  return command.commands.flatMap((each) => {
    const inner = [...path, each.name()];
    return each.commands.length > 0 ? allCommands(each, inner) : [{ path: inner, command: each }];
  });
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('the help', () => {
  const program = createProgram(() => undefined);
  for (const { path, command } of allCommands(program)) {
    test(`onfile ${path.join(' ')} --help has an example of it`, () => {
      expect(helpOf(command)).toMatch(new RegExp(`\\n {2}\\$ .*onfile ${path.join(' ')}\\b`));
    });
  }

  test('lists every exit code', () => {
    for (const code of Object.values(EXIT_CODES)) expect(EXIT_CODES_HELP).toMatch(new RegExp(`^ +${code} {2}`, 'm'));
  });
});

describe('every exit code is seen', () => {
  const elsewhere = (url: string) => ({ ONFILE_API_URL: url, ONFILE_API_KEY: A_KEY });
  const nobody = 'http://127.0.0.1:1';

  // biome-ignore format: a table
  const endings: readonly [keyof typeof EXIT_CODES, string, () => Promise<Ended>][] = [
    ['done',         'something is printed',                  () => run(['trigger', '--list'])],
    ['fault',        'the file of a listener is damaged',     () => withDamagedListener()],
    ['misused',      'no server is named',                    () => run(['get', 'cus_x'])],
    ['misused',      'a key is set without an address',       () => run(['get', 'cus_x'], { ONFILE_API_KEY: A_KEY })],
    ['misused',      'a key is none',                         () => run(['get', 'cus_x'], { ONFILE_API_URL: nobody, ONFILE_API_KEY: 'pk_test_x' })],
    ['taken',        'another listens by the same name',      () => withSecondListener()],
    ['refused',      'something is triggered in live mode',   () => run(['trigger', 'customer.created'], { ONFILE_API_URL: nobody, ONFILE_API_KEY: A_KEY.replace('test', 'live') })],
    ['unreachable',  'nobody answers',                        () => run(['get', 'cus_x'], elsewhere(nobody))],
    ['foundWarning', 'doctor finds an endpoint that is away', () => withDoctor()],
    ['foundProblem', 'doctor finds no server',                () => run(['doctor'], elsewhere(nobody))],
    ['interrupted',  'Ctrl-C comes before the answer',        () => withCtrlC()],
  ];
  for (const [name, when, end] of endings) {
    test(`${EXIT_CODES[name]} (${name}) when ${when}`, async () => {
      const { code, stderr, stdout } = await end();
      expect(code, stderr + stdout).toBe(EXIT_CODES[name]);
      if (stdout === '') expect(stderr).toMatch(/^onfile: .+\n$/);
    });
  }

  test('and no other', () => {
    expect(new Set(endings.map(([name]) => name))).toEqual(new Set(Object.keys(EXIT_CODES)));
  });

  async function withDamagedListener(): Promise<Ended> {
    const env = { XDG_STATE_HOME: join(folder, 'damaged'), ...elsewhere(nobody) };
    await run(['listen', '--print-secret'], env);
    const listeners = join(folder, 'damaged', 'onfile', 'listeners');
    for (const name of await readdir(listeners)) await writeFile(join(listeners, name), '{"secret":');
    return run(['listen', '--print-secret'], env);
  }

  async function withSecondListener(): Promise<Ended> {
    const place = { cwd: folder, env: { XDG_STATE_HOME: join(folder, 'two'), ...elsewhere(silentUrl) } };
    const first = startOnfileCommand(['listen', '--forward-to', silentUrl], place);
    await asked;
    const second = await runOnfile(['listen', '--forward-to', silentUrl], place);
    await first.end('SIGINT');
    return second;
  }

  async function withDoctor(): Promise<Ended> {
    const env = { ONFILE_API_URL: onfile.apiUrl, ONFILE_API_KEY: onfile.secretKey, ONFILE_VAULT_URL: onfile.vaultUrl };
    await runOnfile(['webhooks', 'create', '--url', nobody], { cwd: folder, env });
    return run(['doctor'], env);
  }

  async function withCtrlC(): Promise<Ended> {
    const command = startOnfileCommand(['get', 'cus_x'], { cwd: folder, env: elsewhere(silentUrl) });
    await new Promise<void>((done) => silent.once('request', () => done()));
    return command.end('SIGINT');
  }
});

describe('what is printed', () => {
  test('is a JSON line each where no terminal is', async () => {
    const lines = linesOf(await run(['trigger', '--list']));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines).toContainEqual({ event: 'customer.created', description: 'a customer is created' });
  });

  test('has colours only for people who did not turn them off', () => {
    const painted = (isForPeople: boolean, environment: Record<string, string>) =>
      choosePaint({ isForPeople, environment })('red', 'no');
    expect(painted(true, {})).toBe('\u001b[31mno\u001b[39m');
    expect(painted(true, { NO_COLOR: '' })).toBe('\u001b[31mno\u001b[39m');
    expect(painted(true, { NO_COLOR: '1' })).toBe('no');
    expect(painted(true, { TERM: 'dumb' })).toBe('no');
    expect(painted(false, {})).toBe('no');
  });

  const script = spawnSync('script', ['--version']).status === 0;
  if (!script) process.stderr.write('The command `script` is missing: what a terminal shows is not tested.\n');
  test.skipIf(!script)('on a terminal is for people: no JSON, colours unless NO_COLOR is set', () => {
    const main = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');
    const shown = (env: Record<string, string>) =>
      spawnSync('script', ['-qec', `"${process.execPath}" "${main}" doctor`, '/dev/null'], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
        encoding: 'utf8',
      }).stdout;
    expect(shown({})).toContain('\u001b[31m✗\u001b[39m server');
    const plain = shown({ NO_COLOR: '1' });
    expect(plain).toContain('✗ server');
    expect(plain).not.toContain('\u001b[');
    expect(plain).not.toContain('{"');
  });
});

describe('completion', () => {
  const program = createProgram(() => undefined);
  const words = (line: string) => candidatesFor(program, line.split(' ')).map(({ word }) => word);

  // biome-ignore format: a table
  const lines = [
    ['li',                              ['listen']],
    ['webhooks ro',                     ['roll-secret']],
    ['keys clients ',                   ['create', 'list', 'revoke', 'help']],
    ['listen --mode ',                  ['test', 'live']],
    ['listen --ret',                    ['--retry-failed']],
    ['trigger setup_flow.s',            ['setup_flow.succeeded', 'setup_flow.setup_failed']],
    ['completion ',                     [...SHELLS]],
    ['listen --forward-to ',            []],
    ['compl',                           ['completion']],
  ] as const;
  for (const [line, expected] of lines) {
    test(`of "${line}" is ${expected.join(', ') || 'left to the shell'}`, () => expect(words(line)).toEqual(expected));
  }

  for (const shell of SHELLS) {
    const isThere = spawnSync(shell, ['--version']).status === 0;
    if (!isThere) process.stderr.write(`${shell} is not installed: its completion script is not tested.\n`);
    test.skipIf(!isThere)(`the script for ${shell} is one that it can read`, async () => {
      const { stdout } = await run(['completion', shell]);
      const { status, stderr } = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    });
  }
});
