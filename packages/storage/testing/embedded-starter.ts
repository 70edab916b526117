import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js';
import type { EmbeddedPostgresEvent } from '../src/embedded/embedded-postgres-event.js';
import { builtModule, scriptBeside } from './built-module.js';

type StarterEvent =
  | EmbeddedPostgresEvent
  | ({ readonly event: 'holding' } & Pick<EmbeddedPostgres, 'connection' | 'dataDir' | 'pid'>)
  | { readonly event: 'refused'; readonly code: string; readonly message: string };

/** A process of its own that starts the embedded server and holds it. */
export class EmbeddedStarter {
  readonly child: ChildProcess;
  readonly #events: StarterEvent[] = [];
  readonly #changes = new EventEmitter();
  #hasClosed = false;

  constructor(
    options: { readonly dataDir: string; readonly fallbackDir?: string },
    { command = [], modulePath = builtModule('embedded-postgres') }: { command?: string[]; modulePath?: string } = {},
  ) {
    const script = scriptBeside('start-embedded-postgres.mjs');
    const args = [...command, process.execPath, script, modulePath, JSON.stringify(options)];
    const [file, ...rest] = args as [string];
    const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#events.push(JSON.parse(line) as StarterEvent);
      this.#changes.emit('change');
    });
    child.once('close', () => {
      this.#hasClosed = true;
      this.#changes.emit('change');
    });
    this.child = child;
  }

  /** The first event of that name, as soon as there is one. */
  async saying<Name extends StarterEvent['event']>(name: Name): Promise<Extract<StarterEvent, { event: Name }>> {
    for (;;) {
      const found = this.#events.find(({ event }) => event === name);
      if (found) return found as Extract<StarterEvent, { event: Name }>;
      if (this.#hasClosed) throw new Error(`Ended without ${name}; said ${JSON.stringify(this.#events)}`);
      await once(this.#changes, 'change');
    }
  }

  /** Sends the signal and answers the exit code, `null` for a process that died by a signal. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }
}
