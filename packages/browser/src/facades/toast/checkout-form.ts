import { type FormFrame, openFormFrame } from '../../page/form-frame.js';
import type { CheckoutAsk } from '../../protocol/checkout-messages.js';
import { parseCheckoutMessage, parseCheckoutOutcome } from '../../protocol/checkout-to-page.js';
import type { Outcome } from '../../protocol/messages.js';
import { type Callback, eventOf, refusal, type ToastEvent } from './events.js';
import { type Monitor, monitorEvent, type Seen } from './monitor.js';
import { readOptions, readPaymentMethodId, readStyles } from './options.js';

/**
 * A form under the names of Toast's browser script. Success and failure callbacks come first; exactly one of the two is
 * called, once. Nothing throws: the promises resolve with what the callback got, and never reject.
 */
export interface CheckoutForm {
  /** Shows the form. On a form that is shown already it takes the old one's place. */
  initialize(onSuccess?: unknown, onFailure?: unknown, options?: unknown, styles?: unknown): Promise<ToastEvent>;
  /** Keeps the card that was typed for the intent. */
  createPaymentMethod(onSuccess?: unknown, onFailure?: unknown, options?: unknown): Promise<ToastEvent>;
  /** Saves the card; one that was typed and not kept yet is kept first. */
  confirmIntent(onSuccess?: unknown, onFailure?: unknown, options?: unknown): Promise<ToastEvent>;
  /** The older name of `confirmIntent`. */
  confirmPayment: CheckoutForm['confirmIntent'];
  /** Answers how to stop it. */
  monitor(callback: unknown): () => void;
  /** Ours: takes the form out of the page. What was asked of it ends in its failure callback. */
  destroy(): void;
}

/** Which form is in which element: a second one takes the first one's place. */
const occupants = new WeakMap<Element, FormFrame>();

const PARSING = { message: parseCheckoutMessage, outcome: parseCheckoutOutcome };

export function createCheckoutForm(vaultOrigin: string): CheckoutForm {
  const monitors = new Set<Monitor>();
  let frame: FormFrame | null = null;
  let confirmations = 0;

  function watch(seen: Seen): void {
    const event = monitorEvent(seen);
    for (const monitor of [...monitors]) call(monitor, event);
  }

  async function open(options: unknown, styles: unknown): Promise<ToastEvent> {
    if (confirmations > 0) return refusal('ALREADY_INITIALIZED', 'The card is being saved: wait for the callback.');
    const read = readOptions(options);
    if ('type' in read) return read;
    const { container, merchantId, locale, session } = read;
    frame?.close();
    occupants.get(container)?.close();
    const host = { vaultOrigin, publicKey: merchantId, clientSecret: '', checkout: PARSING };
    const state = {
      locale,
      appearance: { isDark: false, variables: {} },
      options: { form: 'checkout', styles: readStyles(styles) },
    } as const;
    const ask: CheckoutAsk = { kind: 'open', merchantId, ...session };
    let loads = 0;
    let tellFailed = (_: Outcome) => {};
    const failed = new Promise<Outcome>((resolve) => {
      tellFailed = resolve;
    });
    const opened = openFormFrame(container, host, state, {
      heard(message) {
        if (message.type === 'news') watch(message.news);
        else if (message.type === 'focus' || message.type === 'blur') watch({ about: message.type });
        else if (message.type === 'ready') {
          loads += 1;
          // Loaded anew, it has forgotten its session.
          if (loads > 1) void opened.ask(ask);
        }
      },
      resized: (height) => watch({ about: 'height', height }),
      failed: (error) => tellFailed({ kind: 'error', error }),
    });
    frame = opened;
    occupants.set(container, opened);
    const event = eventOf(await Promise.race([opened.ask(ask), failed]));
    if (event.type !== 'error') watch({ about: 'ready' });
    return event;
  }

  async function ask(wish: CheckoutAsk): Promise<Outcome | ToastEvent> {
    return frame === null ? refusal('NOT_INITIALIZED', 'Call initialize first.') : frame.ask(wish);
  }

  async function confirm(options: unknown): Promise<Outcome | ToastEvent> {
    const paymentMethodId = readPaymentMethodId(options);
    if (typeof paymentMethodId === 'object' && paymentMethodId !== null) return paymentMethodId;
    confirmations += 1;
    try {
      return await ask({ kind: 'save', paymentMethodId });
    } finally {
      confirmations -= 1;
    }
  }

  const confirmIntent: CheckoutForm['confirmIntent'] = (onSuccess, onFailure, options) =>
    tell(confirm(options), onSuccess, onFailure);
  return {
    initialize: (onSuccess, onFailure, options, styles) => tell(open(options, styles), onSuccess, onFailure),
    createPaymentMethod: (onSuccess, onFailure) => tell(ask({ kind: 'enter' }), onSuccess, onFailure),
    confirmIntent,
    confirmPayment: confirmIntent,
    monitor(callback) {
      // Of its own, so that the same function may be given twice, and each time be stopped by itself.
      const monitor: Monitor = (event) => call(callback, event);
      monitors.add(monitor);
      return () => void monitors.delete(monitor);
    },
    destroy() {
      frame?.close();
      frame = null;
    },
  };
}

async function tell(asked: Promise<Outcome | ToastEvent>, onSuccess: unknown, onFailure: unknown): Promise<ToastEvent> {
  // Such as an option whose getter throws.
  const answer = await asked.catch((error) => refusal('INTERNAL', String(error)));
  const event = 'kind' in answer ? eventOf(answer) : answer;
  if (event.type !== 'error') call(onSuccess, event);
  else if (typeof onFailure === 'function') call(onFailure, event);
  else console.error(`loader.js: ${event.code}: ${event.message}`);
  return event;
}

/** A callback that throws is the page's own fault, told as such. */
function call(callback: unknown, event: unknown): void {
  if (typeof callback !== 'function') return;
  try {
    (callback as Callback)(event);
  } catch (error) {
    reportError(error);
  }
}
