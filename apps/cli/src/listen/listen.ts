import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefusal, type Listed, type OperatorApi, openOperatorApi } from '../api/operator-api.js';
import { findPlace, type Place, type PlaceOptions } from '../api/place.js';
import { untilInterrupted } from '../interruption.js';
import { CommandFault, createOutput, EXIT_CODES, type Output } from '../output.js';
import { type EventStream, openEventStream, type StreamedEvent } from './event-stream.js';
import { type Forwardable, forward, type Target } from './forward.js';
import { FAILED_MAX, type ListenerFile, openListenerFile, type Position } from './listener-file.js';
import { createScreen, type Screen } from './screen.js';
import { readKeys, type Wish, type Wishes } from './wishes.js';

export interface ListenOptions extends PlaceOptions {
  readonly forwardTo?: string;
  readonly events?: readonly string[];
  readonly from?: string;
  readonly dialect: string;
  readonly name: string;
  readonly retryFailed?: boolean;
  readonly printSecret?: boolean;
  readonly json?: boolean;
}

/** Forwards events until Ctrl-C, from where the last `listen` stopped; answers the exit code. */
export function listen(options: ListenOptions): Promise<number> {
  return untilInterrupted(async (signal) => {
    const place = await findPlace(options);
    const api = openOperatorApi(place, signal);
    const merchantId = place.merchantId ?? (await onlyMerchant(api));
    const { apiUrl: server, mode } = place;
    const identity = { server, merchantId, mode, name: options.name };
    const file = await openListenerFile(place.stateDirectory, identity);
    try {
      const output = createOutput({ json: options.json ?? false });
      if (options.printSecret) return printSecret(file, place, output);
      const url = readTarget(options.forwardTo);
      return await follow({ place, api, file, output, options, url, signal });
    } catch (error) {
      if (signal.aborted) return EXIT_CODES.done;
      throw explained(error);
    } finally {
      await file.close();
    }
  });
}

/** The place of a listener is worth nothing in another database. */
function explained(error: unknown): unknown {
  if (!(error instanceof ApiRefusal && error.code === 'cursor_unknown')) return error;
  const advice =
    'Where this listener was is not known there: was the data deleted? Begin with --from now or --from start';
  return new CommandFault(advice, EXIT_CODES.refused, { cause: error });
}

async function onlyMerchant(api: OperatorApi): Promise<string> {
  const { data } = await api.get<Listed<{ readonly id: string }>>('/merchants', { query: { limit: 2 } });
  const [first, second] = data;
  if (first !== undefined && second === undefined) return first.id;
  const advice =
    first === undefined
      ? 'There is no merchant yet. Make one: onfile keys create --merchant-name "My shop"'
      : 'There are several merchants: say which with --merchant <id> or ONFILE_MERCHANT';
  throw new CommandFault(advice, first === undefined ? EXIT_CODES.refused : EXIT_CODES.misused);
}

function readTarget(text: string | undefined): string {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  throw new CommandFault(
    'Say where events go, in full: onfile listen --forward-to http://localhost:3000/hooks',
    EXIT_CODES.misused,
  );
}

function printSecret({ state }: ListenerFile, place: Place, output: Output): number {
  const token = tokenOf(place, state.token);
  output.result({ secret: state.secret, webhookToken: token }, state.secret);
  return EXIT_CODES.done;
}

function tokenOf({ dev, merchantId }: Place, own: string): string {
  return (merchantId === dev?.merchant.id ? dev?.merchant.webhookToken : null) ?? own;
}

interface Following {
  readonly place: Place;
  readonly api: OperatorApi;
  readonly file: ListenerFile;
  readonly output: Output;
  readonly options: ListenOptions;
  readonly url: string;
  readonly signal: AbortSignal;
}

async function follow({ place, api, file, output, options, url, signal }: Following): Promise<number> {
  const { dialect, events = null } = options;
  const { secret, token } = file.state;
  const target = { url, dialect, secret, token: tokenOf(place, token) };
  const screen = createScreen(output, place);
  const stream = openEventStream(api, { dialect, signal, onConnection: screen.connection });
  // What is not wanted is passed over for good, so a name that is mistyped must not pass everything over.
  if (events !== null) await stream.requireNames(events);
  await file.save({ position: await firstPosition(options.from, file, stream) });
  screen.listening(target, file.state.failed);
  const { wishes, stop } = readKeys(output);
  const listener = createListener({ stream, file, target, screen, events, signal });
  try {
    if (options.retryFailed) await listener.retryFailed();
    return await run(listener, wishes);
  } finally {
    stop();
  }
}

/** A start that says nothing goes on where the last one stopped; the very first one begins now. */
async function firstPosition(from: string | undefined, file: ListenerFile, stream: EventStream): Promise<Position> {
  if (from === undefined && file.state.position !== null) return file.state.position;
  switch (from) {
    case undefined:
    case 'now':
      return stream.latest();
    case 'start':
      return { cursor: null, since: null, dealtWith: [] };
    default:
      return stream.before(from);
  }
}

async function run(listener: Listener, wishes: Wishes): Promise<never> {
  let waiting: Promise<() => Promise<void>> | null = null;
  for (;;) {
    waiting ??= listener.nextEvents();
    waiting.catch(() => undefined);
    const next: Wish | (() => Promise<void>) = await Promise.race([wishes.next(), waiting]);
    if (typeof next === 'string') {
      await listener.grant(next);
      continue;
    }
    await next();
    waiting = null;
  }
}

interface Listener {
  /** Waits for events; what is answered forwards them, and remembers each. */
  nextEvents(): Promise<() => Promise<void>>;
  grant(wish: Wish): Promise<void>;
  retryFailed(): Promise<void>;
}

interface Listening {
  readonly stream: EventStream;
  readonly file: ListenerFile;
  readonly target: Target;
  readonly screen: Screen;
  /** Names that are wanted, such as `setup_flow.*`; `null` for all. */
  readonly events: readonly string[] | null;
  readonly signal: AbortSignal;
}

const TRIES_MAX = 3;
const RETRY_DELAY_MS = 1_000;
const ABSENCE_DELAYS_MS = [250, 500, 1_000, 2_000];
const ABSENCE_DELAY_MS_MAX = 5_000;

function createListener({ stream, file, target, screen, events, signal }: Listening): Listener {
  let last: StreamedEvent | null = null;

  async function nextEvents() {
    const position = file.state.position ?? (await stream.latest());
    const page = await stream.pageAfter(position);
    return async () => {
      const dealtWith = [...position.dealtWith];
      for (const event of page.events) {
        if (dealtWith.includes(event.id)) continue;
        const forwardable = asForwardable(event, events);
        const isTaken = forwardable === null || (await deliver(event, forwardable));
        dealtWith.push(event.id);
        if (forwardable !== null) await remember(event, { ...position, dealtWith: [...dealtWith] }, isTaken);
      }
      if (page.cursor !== position.cursor) {
        await file.save({ position: { cursor: page.cursor, since: null, dealtWith: [] } });
      }
    };
  }

  async function remember({ id, type }: StreamedEvent, position: Position, isTaken: boolean): Promise<void> {
    const failed = isTaken ? file.state.failed : [...file.state.failed, { id, type }].slice(-FAILED_MAX);
    await file.save({ position, failed });
  }

  /** Tells whether the target took it. Nobody there is no try: the event waits, and so do those behind it. */
  async function deliver(event: StreamedEvent, forwardable: Forwardable): Promise<boolean> {
    last = event;
    let absences = 0;
    for (let tries = 1; tries <= TRIES_MAX; ) {
      const result = await forward(forwardable, target, signal);
      if (result.kind === 'absent') {
        if (absences === 0) screen.absent(target, result);
        await sleep(ABSENCE_DELAYS_MS[absences] ?? ABSENCE_DELAY_MS_MAX, undefined, { signal });
        absences += 1;
        continue;
      }
      const isTaken = result.kind === 'answered' && result.status >= 200 && result.status < 300;
      screen.forwarded({ event, forwardable, result, tries, isTaken, isLast: tries === TRIES_MAX });
      if (isTaken) return true;
      if (tries < TRIES_MAX) await sleep(RETRY_DELAY_MS * tries, undefined, { signal });
      tries += 1;
    }
    return false;
  }

  async function retryFailed(): Promise<void> {
    for (const { id } of file.state.failed) {
      const event = await stream.event(id);
      const forwardable = asForwardable(event, null);
      if (forwardable === null || (await deliver(event, forwardable))) {
        await file.save({ failed: file.state.failed.filter((each) => each.id !== id) });
      }
    }
  }

  return {
    nextEvents,
    retryFailed,
    async grant(wish) {
      const forwardable = last === null ? null : asForwardable(last, null);
      if (wish === 'retry_failed') await retryFailed();
      else if (last === null || forwardable === null) screen.nothingYet();
      else if (wish === 'open') screen.address(forwardable, target);
      else await deliver(last, forwardable);
    },
  };
}

/** `null` for what the dialect does not announce, and for what was not asked for. */
function asForwardable(event: StreamedEvent, wanted: readonly string[] | null): Forwardable | null {
  if (event.body === null || event.body === undefined) return null;
  const { id, type, data } = JSON.parse(event.body) as { id?: string; type?: string; data?: { id?: string } };
  const name = type ?? event.type;
  if (wanted !== null && !wanted.some((each) => isNamed(name, each) || isNamed(event.type, each))) return null;
  return { id: id ?? event.id, name, objectId: data?.id ?? event.object.id, body: event.body };
}

/** `setup_flow.*` stands for every name that begins with `setup_flow.` */
function isNamed(name: string, wanted: string): boolean {
  return wanted === '*' || wanted === name || (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1)));
}
