import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'undici';
import { findOnPath } from './browser.js';

/**
 * Path of an installed Firefox, or `null`. `FIREFOX_PATH` names one that stands elsewhere, and then no other is looked for.
 */
export function findFirefox(): string | null {
  return findOnPath({ named: process.env.FIREFOX_PATH, names: ['firefox-esr', 'firefox'], elsewhere: [] });
}

/**
 * The distribution's Firefox, driven by WebDriver BiDi, which it speaks by itself. Playwright drives builds of its own, and
 * its BiDi asks for commands that a released Firefox does not have yet; the few that are needed here are sent as they are.
 */
export interface Firefox {
  open(address: string): Promise<void>;
  /** Runs a function in the document of that address's beginning, the page itself or a frame in it, and answers its result. */
  evaluate<A, T>(addressStart: string, run: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
  /** Clicks into the upper left corner of that document: a frame of another origin gets the focus by a person's act only. */
  click(addressStart: string): Promise<void>;
  /** Presses and lets go one key after the other; with `held` kept down. Keys as WebDriver has them. */
  press(keys: readonly string[], held?: string): Promise<void>;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 40_000;
const COMMAND_TIMEOUT_MS = 20_000;

export async function launchFirefox(executablePath: string): Promise<Firefox> {
  const profile = await mkdtemp(join(tmpdir(), 'onfile-firefox-'));
  await writeFile(join(profile, 'user.js'), PREFERENCES);
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'];
  const child = spawn(executablePath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile },
  });
  const gone = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(kill);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const address = await listeningAddress(child.stderr);
    const session = await openSession(`${address}/session`);
    return { ...(await driver(session)), close: () => session.end().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function driver({ send }: Session): Promise<Omit<Firefox, 'close'>> {
  await send('session.new', { capabilities: {} });
  // The tab of the start never gets the focus.
  const { context } = await send<Context>('browsingContext.create', { type: 'tab' });

  async function documentAt(addressStart: string): Promise<Context> {
    const tree = await send<{ contexts: Context[] }>('browsingContext.getTree', { root: context });
    const all = tree.contexts.flatMap((each) => [each, ...(each.children ?? [])]);
    const found = all.find(({ url }) => url.startsWith(addressStart));
    if (found === undefined) throw new Error(`No document at ${addressStart}; there are ${all.map(({ url }) => url)}`);
    return found;
  }

  return {
    async open(url) {
      await send('browsingContext.navigate', { context, url, wait: 'complete' });
      // Keys go to the window that is in front.
      await send('browsingContext.activate', { context });
    },
    async evaluate<A, T>(addressStart: string, run: (argument: A) => T | Promise<T>, argument: A) {
      const found = await documentAt(addressStart);
      // Through JSON, which is all that is needed; BiDi's own values are a form of their own.
      const declaration = `async (json) => JSON.stringify((await (${run})(JSON.parse(json))) ?? null)`;
      const answer = await send<{ type: string; result?: { value: string }; exceptionDetails?: { text: string } }>(
        'script.callFunction',
        {
          functionDeclaration: declaration,
          arguments: [{ type: 'string', value: JSON.stringify(argument ?? null) }],
          target: { context: found.context },
          awaitPromise: true,
          userActivation: true,
        },
      );
      if (answer.result === undefined) throw new Error(`In ${found.url}: ${answer.exceptionDetails?.text}`);
      return JSON.parse(answer.result.value) as T;
    },
    async click(addressStart) {
      const { context: clicked } = await documentAt(addressStart);
      const actions = [
        { type: 'pointerMove', x: 2, y: 2 },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await send('input.performActions', { context: clicked, actions: [{ type: 'pointer', id: 'mouse', actions }] });
    },
    async press(keys, held) {
      const actions = keys.flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      const around =
        held === undefined ? actions : [{ type: 'keyDown', value: held }, ...actions, { type: 'keyUp', value: held }];
      await send('input.performActions', { context, actions: [{ type: 'key', id: 'keyboard', actions: around }] });
    },
  };
}

interface Context {
  readonly context: string;
  readonly url: string;
  readonly children?: readonly Context[] | null;
}

function listeningAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  return new Promise((found, failed) => {
    let text = '';
    const timer = setTimeout(() => failed(new Error(`Firefox does not listen:\n${text}`)), START_TIMEOUT_MS);
    stderr.setEncoding('utf8');
    // Read on to the end, or a full pipe would hold the browser up.
    stderr.on('data', (chunk: string) => {
      text += chunk;
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(text) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      found(address);
    });
    stderr.on('end', () => failed(new Error(`Firefox ended before it listened:\n${text}`)));
  });
}

interface Session {
  send<T = unknown>(method: string, params: object): Promise<T>;
  end(): Promise<void>;
}

async function openSession(address: string): Promise<Session> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error(`${address} refuses the connection`)), { once: true });
  });
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as { id?: number; result?: never; error?: string; message?: string };
    const asked = waiting.get(answer.id ?? -1);
    if (answer.id === undefined || asked === undefined) return;
    waiting.delete(answer.id);
    if (answer.error === undefined) asked.resolve(answer.result as never);
    else asked.reject(new Error(`${answer.error}: ${answer.message}`));
  });
  return {
    send: (method, params) =>
      new Promise((resolve, reject) => {
        last += 1;
        const id = last;
        const timer = setTimeout(() => reject(new Error(`Firefox does not answer ${method}`)), COMMAND_TIMEOUT_MS);
        const settled =
          <V>(settle: (value: V) => void) =>
          (value: V) => {
            clearTimeout(timer);
            settle(value);
          };
        waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    async end() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** Asks nobody but the pages under test, and shows nothing of its own. */
const PREFERENCES = Object.entries({
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'datareporting.policy.dataSubmissionPolicyBypassNotification': true,
  'extensions.systemAddon.update.enabled': false,
  'dom.input_events.security.minNumTicks': 0,
  'dom.input_events.security.minTimeElapsedInMS': 0,
  'extensions.update.enabled': false,
  // Without a screen no window is in front; keys go to the field that has the focus all the same.
  'focusmanager.testmode': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/',
  'toolkit.telemetry.enabled': false,
})
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
  .join('');
