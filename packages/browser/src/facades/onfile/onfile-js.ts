import { defineCardFormElement } from './card-form-element.js';
import { startOnfile } from './start-onfile.js';

/**
 * `/sdk/<version>/onfile.js`: what `@onfile/js` loads, or a page by a tag of its own. It makes the global `Onfile` and the
 * element `<onfile-card-form>`, and does nothing more until one of them is used. Loaded twice, the first stays.
 */
const script = document.currentScript;
const ownOrigin = script instanceof HTMLScriptElement && script.src !== '' ? new URL(script.src).origin : null;

window.Onfile ??= startOnfile(ownOrigin);
defineCardFormElement(window.Onfile);
