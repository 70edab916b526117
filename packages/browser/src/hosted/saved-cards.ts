import { CARD_BRANDS } from '@onfile/core';
import { formatExpiry } from '../frame/card/expiry.js';
import { type Html, html } from './html.js';
import type { HostedTexts } from './texts/texts.js';
import type { FormView, SavedCard } from './view.js';

/** The cards that are there already, so that nobody saves one twice without knowing. */
export function renderSavedCards(
  { savedCards, hasMoreCards, merchantName }: Pick<FormView, 'savedCards' | 'hasMoreCards' | 'merchantName'>,
  texts: HostedTexts,
): Html | null {
  if (savedCards.length === 0) return null;
  const { heading, more } = texts.savedCards;
  return html`<section class="saved" aria-labelledby="saved-cards">
<h2 id="saved-cards">${heading(merchantName)}</h2>
<ul>${savedCards.map((card) => renderSavedCard(card, texts))}
${hasMoreCards && html`<li class="hint">${more}</li>`}</ul>
</section>`;
}

function renderSavedCard({ brand, last4, expMonth, expYear, isDefault }: SavedCard, texts: HostedTexts): Html {
  const { goodUntil, isDefault: defaultMark } = texts.savedCards;
  const expiry = formatExpiry({ month: expMonth, year: expYear }).replace('/', '\u00a0/\u00a0');
  return html`
<li><span class="saved-name">${texts.cardEndingIn(CARD_BRANDS[brand].displayName, last4)}</span>
<span class="saved-until">${goodUntil(expiry)}</span>${isDefault && html` <span class="tag">${defaultMark}</span>`}</li>`;
}
