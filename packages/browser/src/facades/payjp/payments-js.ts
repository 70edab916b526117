import { startPayments } from './payments.js';

/**
 * `/payments.js`: the script that `@payjp/payments-js` loads, or a page by a tag of its own. Its only global is
 * `PayjpPayments`. Loaders call it with the key alone, so it takes the vault's origin from its own address; they also
 * append it anew at each call, and then the first one stays.
 */
declare global {
  interface Window {
    PayjpPayments?: ReturnType<typeof startPayments> & { readonly [OURS]?: true };
  }
}

const OURS = Symbol.for('onfile.payments.js');

const script = document.currentScript as HTMLScriptElement | null;
if (!script?.src) throw new Error('Load payments.js by <script src>, not as a module.');
if (!window.PayjpPayments?.[OURS]) {
  window.PayjpPayments = Object.assign(startPayments(new URL(script.src).origin), { [OURS]: true } as const);
}
