import {
  type Ask,
  type FormError,
  type FormState,
  type Init,
  type Outcome,
  PROTOCOL_VERSION,
  type RefusedReason,
  type ToFrame,
  type ToPage,
} from '../protocol/messages.js';
import { type CheckoutParsing, parseGreeting, parseReplyNumber, parseToPage } from '../protocol/to-page.js';
import { fitHeight, frameElement } from './frame-element.js';

export interface FrameHost {
  /** Where our scripts and frames come from. */
  readonly vaultOrigin: string;
  /** Whose page this is: a public key, or for a checkout the merchant's id. */
  readonly publicKey: string;
  readonly clientSecret: string;
  /** For a checkout only. */
  readonly checkout?: CheckoutParsing;
}

export type FormMessage = Exclude<ToPage, { type: 'reply' | 'height' | 'failed' }>;

export interface FrameListener {
  heard(message: FormMessage): void;
  resized?(px: number): void;
  /** There is no usable form: it did not load, or its setup cannot be read. */
  failed(error: FormError): void;
}

/** A form in a frame of our origin. Frames on one page share nothing. */
export interface FormFrame {
  update(state: FormState): void;
  collapse(): void;
  /** Never rejects. Waits until the frame is there; each request has a deadline. */
  ask(ask: Ask): Promise<Outcome>;
  /** Takes the frame out of the page and leaves nothing behind. */
  close(): void;
}

/** Without a greeting for so long the frame is taken for blocked. */
export const GREETING_TIMEOUT_MS = 10_000;

/** Above the frames' own limits: they wait for the processor, for an answer that is late, and a challenge for a person. */
const DEADLINE_MS = 120_000;
const CHALLENGE_DEADLINE_MS = 1_500_000;

export function openFormFrame(
  container: Element,
  host: FrameHost,
  first: FormState,
  listener: FrameListener,
): FormFrame {
  const id = randomId();
  const placePx = container.clientWidth;
  const element = frameElement(host, id, { state: first, placePx });
  const waiting = new Map<number, (outcome: Outcome) => void>();
  let state = first;
  let port: MessagePort | null = null;
  let lastNumber = 0;
  let dropped = 0;
  let failure: FormError | null = null;
  const opened = deferred();
  let isFitted = false;

  addEventListener('message', hearGreeting);
  const greetingTimer = setTimeout(() => fail(notOpened(first, host)), GREETING_TIMEOUT_MS);
  container.append(element);

  function hearGreeting({ data, source, origin, ports }: MessageEvent): void {
    if (!element.isConnected) {
      close();
      return;
    }
    const isFromFrame = source === element.contentWindow && origin === host.vaultOrigin;
    const greeting = parseGreeting(data);
    if (!isFromFrame || greeting?.id !== id || ports.length > 0) {
      // What others post to each other in this page is no business of ours; only what claims to be ours is counted.
      if (isFromFrame || greeting?.id === id) drop();
      return;
    }
    clearTimeout(greetingTimer);
    if (greeting.type === 'hello') answerHello();
    else fail(REFUSALS[greeting.reason]);
  }

  function answerHello(): void {
    // A second greeting: the frame was loaded anew, and whatever it was asked it has forgotten.
    port?.close();
    settleAll(RELOADED);
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => hear(data);
    const init: Init = { type: 'init', id, version: PROTOCOL_VERSION, clientSecret: host.clientSecret, state };
    element.contentWindow?.postMessage(JSON.stringify(init), host.vaultOrigin, [channel.port2]);
    failure = null;
    opened.resolve();
  }

  function hear(data: unknown): void {
    const message = parseToPage(data, host.checkout);
    if (message === null) hearUnreadable(data);
    else if (message.type === 'height') showHeight(message.px);
    else if (message.type === 'failed') fail(message.error);
    else if (message.type === 'reply') settle(message.number, message.outcome);
    else listener.heard(message);
  }

  /** What was asked has been answered: no better answer comes by waiting. */
  function hearUnreadable(data: unknown): void {
    drop();
    const number = parseReplyNumber(data);
    if (number !== null && waiting.has(number)) settle(number, { kind: 'error', error: UNREADABLE });
  }

  function showHeight(px: number): void {
    fitHeight(element, px, { state, placePx, isFirst: !isFitted });
    isFitted = true;
    listener.resized?.(px);
  }

  function settle(number: number, outcome: Outcome): void {
    const resolve = waiting.get(number);
    waiting.delete(number);
    // A reply to nothing that was asked, or a second one.
    if (resolve === undefined) drop();
    else resolve(outcome);
  }

  function fail(error: FormError): void {
    failure = error;
    opened.resolve();
    listener.failed(error);
  }

  function drop(): void {
    dropped += 1;
    element.dataset.dropped = String(dropped);
  }

  function post(message: ToFrame): void {
    port?.postMessage(JSON.stringify(message));
  }

  function settleAll(error: FormError): void {
    for (const resolve of waiting.values()) resolve({ kind: 'error', error });
    waiting.clear();
  }

  function close(): void {
    failure = UNMOUNTED;
    removeEventListener('message', hearGreeting);
    clearTimeout(greetingTimer);
    port?.close();
    element.remove();
    opened.resolve();
    settleAll(UNMOUNTED);
  }

  return {
    update(next) {
      state = next;
      element.style.setProperty('color-scheme', next.appearance.isDark ? 'dark' : 'light');
      post({ type: 'update', state });
    },
    collapse: () => post({ type: 'collapse' }),
    async ask(ask) {
      await opened.promise;
      if (!element.isConnected) close();
      if (failure !== null) return { kind: 'error', error: failure };
      lastNumber += 1;
      const number = lastNumber;
      return new Promise<Outcome>((resolve) => {
        const timer = setTimeout(
          () => {
            waiting.delete(number);
            resolve({ kind: 'error', error: TIMED_OUT });
          },
          ask.kind === 'authenticate' ? CHALLENGE_DEADLINE_MS : DEADLINE_MS,
        );
        waiting.set(number, (outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        });
        post({ type: 'ask', number, ask });
      });
    },
    close,
  };
}

function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function formError(kind: FormError['kind'], code: string, message: string): FormError {
  return { kind, code, message, problems: [] };
}

export const UNMOUNTED = formError('sdk', 'form_not_found', 'The form is not in the page.');
const RELOADED = formError('sdk', 'session_not_loaded', 'The form was reloaded. Ask again.');
const MAY_BE_SAVED = 'The card may have been saved: read the setup flow on your server.';
const TIMED_OUT = formError('api', 'timeout', `There was no answer in time. ${MAY_BE_SAVED}`);
const UNREADABLE = formError('api', 'unreadable_answer', `The form’s answer cannot be read. ${MAY_BE_SAVED}`);

const REFUSALS: Readonly<Record<RefusedReason, FormError>> = {
  unknown_key: formError(
    'api',
    'unauthorized',
    'The public key is unknown here, or revoked. Use a pk_… key of this installation.',
  ),
};

function notOpened({ options }: FormState, { vaultOrigin }: FrameHost): FormError {
  return formError(
    'sdk',
    'session_not_loaded',
    `The form ${vaultOrigin}/frame/${options.form} did not open within ${GREETING_TIMEOUT_MS / 1_000} s. Either this page's ` +
      `origin is not registered (onfile merchants origins add ${location.origin}), or the page's content policy lacks ` +
      `frame-src ${vaultOrigin}, or it cannot be reached.`,
  );
}
