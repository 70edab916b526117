import { startOnfile } from './start-onfile.js';

/**
 * `/sdk/<version>/onfile.js`: what `@onfile/js` loads, or a page by a tag of its own. It makes the global `Onfile`, and does
 * nothing more until that is called. Loaded twice, the first stays.
 */
const script = document.currentScript;
const ownOrigin = script instanceof HTMLScriptElement && script.src !== '' ? new URL(script.src).origin : null;

window.Onfile ??= startOnfile(ownOrigin);
