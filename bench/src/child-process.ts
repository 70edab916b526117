import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ANSWER_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** A program beside this file, in a process of its own that ends when its parent does, however that ends. */
export class OwnProcess {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor(name: string, { environment = {} }: { readonly environment?: Readonly<Record<string, string>> } = {}) {
    this.#name = name;
    const env = { PATH: process.env.PATH, NODE_ENV: 'production', ...environment };
    // Detached: Ctrl-C goes to the bench alone, which ends its processes in order.
    this.#child = fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), {
      env,
      execArgv: [],
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // As JSON the bytes in a statement's values would arrive as something else.
      serialization: 'advanced',
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends the message, if any, and answers the next one that comes back, which may take a minute longer than `workMs`. */
  async ask<Answer>(message?: object, { workMs = 0 }: { readonly workMs?: number } = {}): Promise<Answer> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const answered = once(this.#child, 'message', { signal }).then(([answer]) => answer as Answer);
    const ended = once(this.#child, 'exit', { signal }).then(() => fault(`${this.#name} ended by itself`));
    const late = delay(workMs + ANSWER_TIMEOUT_MS, null, { signal }).then(() => fault(`${this.#name} does not answer`));
    if (message) this.#child.send(message);
    try {
      return await Promise.race([answered, ended, late]);
    } finally {
      waiting.abort();
      await Promise.allSettled([answered, ended, late]);
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(kill);
  }
}

function fault(message: string): never {
  throw new Error(message);
}
