import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let directory: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run "npm run build" first`);
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'onfile-simulator-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(directory, { recursive: true });
});

function run(...parameters: string[]): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...parameters], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  return line;
}

async function start(...parameters: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = run('--data', directory, ...parameters);
  return { child, url: (JSON.parse(await firstLine(child)) as { url: string }).url };
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`it says where it listens in one line, and ends with 0 on ${signal}`, async () => {
    const { child, url } = await start();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
}

test('with --exit-with-parent it ends when standard input closes, so it does not outlive its parent', async () => {
  const { child } = await start('--exit-with-parent');
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('without --exit-with-parent it stays when standard input closes', async () => {
  const { child, url } = await start();
  child.stdin?.end();
  await once(child.stdin as NodeJS.WritableStream, 'close');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('it ends although a request waits under a script', async () => {
  const { child, url } = await start();
  const headers = { 'content-type': 'application/json', authorization: 'Bearer any' };
  const step = JSON.stringify({ operation: 'look_up', behaviour: 'hang', ms: 120_000 });
  await fetch(`${url}/control/next`, { method: 'POST', headers, body: step });
  const waiting = expect(fetch(`${url}/v1/verifications?reference=r1`, { headers })).rejects.toThrow();
  await expect.poll(async () => (await (await fetch(`${url}/control`)).json()) as object).toMatchObject({ steps: [] });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await waiting;
});

const mistakes: [parameters: string[], says: string][] = [
  [[], '--data is missing'],
  [['--data', '/tmp', '--port', 'many'], '--port'],
  [['--data', '/tmp', '--port', '65536'], '--port'],
  [['--data', '/tmp', '--fast'], '--fast'],
];
for (const [parameters, says] of mistakes) {
  test(`"${parameters.join(' ')}" is refused with a word about ${says}`, async () => {
    const child = run(...parameters);
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(text).toContain(says);
  });
}

test('a port that is taken is refused in one line', async () => {
  const { url } = await start();
  const other = run('--data', directory, '--port', new URL(url).port);
  const [chunk] = await once(other.stderr as NodeJS.ReadableStream, 'data');
  expect(String(chunk)).toContain('EADDRINUSE');
});
