import { CARD_BRANDS, cardBrandOf } from '@onfile/core';
import { formatCardNumber } from '../frame/card/number.js';
import { type Html, html } from './html.js';
import { PAGE_TEST_CARDS, type TestCard } from './test-cards.js';
import type { HostedTexts } from './texts/texts.js';

/** In test mode only. Without a script it is a table to copy from: the buttons show once there is one that hears them. */
export function renderTestCardPicker({ testCards: texts }: HostedTexts): Html {
  return html`<details class="picker">
<summary>${texts.heading}</summary>
<ul>${PAGE_TEST_CARDS.map((card) => renderTestCard(card, texts))}
</ul>
</details>`;
}

function renderTestCard({ number, outcome }: TestCard, texts: HostedTexts['testCards']): Html {
  const brand = cardBrandOf(Array.from(number, Number));
  const name = brand === null ? '' : CARD_BRANDS[brand].displayName;
  const label = `${texts.use}: ${name}, ${texts.outcomes[outcome]}`;
  return html`
<li><p><span class="picker-outcome">${texts.outcomes[outcome]}</span>
<span class="picker-number">${name} <span class="digits">${formatCardNumber(number)}</span></span></p>
<button type="button" class="pick" data-number="${number}" aria-label="${label}" hidden>${texts.use}</button></li>`;
}
