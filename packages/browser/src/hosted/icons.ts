import { type Html, html } from './html.js';

/** Drawn with the text's colour; they say nothing that the text beside them does not. */
export const ICONS = {
  attention: icon(html`<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.4v.1"/>`),
  back: icon(html`<path d="M14.5 5.5 8 12l6.5 6.5"/>`),
  clock: icon(html`<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.4 2"/>`),
  done: icon(html`<path d="m5.5 12.8 4.3 4.2 8.7-9.6"/>`),
  lock: icon(
    html`<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8.2 10.5V7.8a3.8 3.8 0 0 1 7.6 0v2.7"/>`,
  ),
  missing: icon(html`<circle cx="11" cy="11" r="6.2"/><path d="m15.6 15.6 4.4 4.4"/>`),
  shield: icon(
    html`<path d="M12 3.5 5 6v5.5c0 4.3 2.8 7.4 7 9 4.2-1.6 7-4.7 7-9V6z"/><path d="m9 12 2.2 2.2L15.2 10"/>`,
  ),
  stopped: icon(html`<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>`),
} as const satisfies Record<string, Html>;

export type IconName = keyof typeof ICONS;

function icon(shape: Html): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">${shape}</svg>`;
}
