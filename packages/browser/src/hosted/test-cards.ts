import type { DeclineCode } from '@onfile/core';

/** A card to try a page with, in test mode. */
export interface TestCard {
  readonly number: string;
  /** What entering it comes to. `saved`: by way of the authentication, which the tester may also fail. */
  readonly outcome: 'saved' | DeclineCode;
}

/** One card for each outcome. Source: PAY.JP's published test cards, https://pay.jp/docs/testcard. */
export const PAGE_TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', outcome: 'saved' },
  { number: '3530111333300000', outcome: 'saved' },
  { number: '378282246310005', outcome: 'saved' },
  { number: '4000000000000002', outcome: 'card_declined' },
  { number: '4000000000000069', outcome: 'expired_card' },
  { number: '4000000000000127', outcome: 'invalid_cvc' },
  { number: '4000003720000278', outcome: 'invalid_card_data' },
  { number: '4000000000000119', outcome: 'processing_error' },
  { number: '36227206271667', outcome: 'unsupported_brand' },
];
