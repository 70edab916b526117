import type { AddressOptions, FormState, PaymentOptions } from '../protocol/messages.js';

/**
 * How high a form will be in a place of this width, before there is any of it: never less than it takes in either
 * language, and little more. Measured with the usual fonts; a test compares it with the forms themselves.
 */
export function expectedHeight({ options }: FormState, widthPx: number): number {
  const width = WIDTHS_PX.findIndex((least) => widthPx >= least);
  const inPx = (heights: readonly number[]) => heights[width] ?? 0;
  switch (options.form) {
    case 'payment':
      return options.isCollapsed ? COLLAPSED_PX : paymentHeight(options, inPx);
    case 'address':
      return addressHeight(options, inPx);
    default:
      return USUAL_HEIGHTS_PX[options.form];
  }
}

type InPx = (heights: readonly number[]) => number;

function paymentHeight({ asks }: PaymentOptions, inPx: InPx): number {
  const contact = asks.email && asks.phone ? BOTH_CONTACTS_PX : asks.email || asks.phone ? ONE_CONTACT_PX : [];
  return inPx(CARD_PX) + (asks.name ? inPx(FIELD_PX) : 0) + inPx(contact);
}

function addressHeight({ asksPhone }: AddressOptions, inPx: InPx): number {
  return inPx(ADDRESS_PX) + (asksPhone ? inPx(FIELD_PX) : 0);
}

/** From these widths on a text takes a line less. The figures below stand in the same order. */
const WIDTHS_PX = [560, 350, 0];

const COLLAPSED_PX = 104;
const CARD_PX = [425, 522, 583];
const FIELD_PX = [104, 122, 140];
const ONE_CONTACT_PX = [161, 180, 216];
const BOTH_CONTACTS_PX = [284, 340, 378];
const ADDRESS_PX = [628, 737, 773];
const USUAL_HEIGHTS_PX = { challenge: 660, checkout: 420 };
