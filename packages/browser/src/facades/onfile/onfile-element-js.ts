import { defineCardForm } from '@onfile/js';

/** `/sdk/<version>/onfile-element.js`: `<onfile-card-form>` for pages that bundle nothing. It loads `onfile.js` beside it. */
const script = document.currentScript;
defineCardForm(script instanceof HTMLScriptElement ? { vaultUrl: new URL(script.src).origin } : {});
