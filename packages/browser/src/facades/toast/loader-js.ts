import { startToast, type Toast } from './toast.js';

/**
 * `/assets/loader.js`: the script of Toast's hosted checkout pages, from this host. Its only global is `Toast`. It takes the
 * vault's origin from its own address, and loaded twice it stays as it was.
 */
declare global {
  interface Window {
    Toast?: Toast & { readonly [OURS]?: true };
  }
}

const OURS = Symbol.for('onfile.loader.js');

const script = document.currentScript;
if (!(script instanceof HTMLScriptElement) || script.src === '') {
  throw new Error('loader.js finds out from its own address where to go: load it by <script src>, not as a module.');
}
if (!window.Toast?.[OURS]) {
  window.Toast = Object.assign(startToast(new URL(script.src).origin), { [OURS]: true } as const);
}
