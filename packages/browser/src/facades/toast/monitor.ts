import type { CheckoutField, CheckoutNews } from '../../protocol/checkout-messages.js';

/** What a page sees of the form while it is used. Never what is typed. */
export interface MonitorEvent {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export type Monitor = (event: MonitorEvent) => void;

export type Seen =
  | CheckoutNews
  | { readonly about: 'ready' | 'focus' | 'blur' }
  | { readonly about: 'height'; readonly height: number };

export function monitorEvent(seen: Seen): MonitorEvent {
  const [type, payload] = named(seen);
  return { type, payload, timestamp: Date.now() };
}

function named(seen: Seen): [type: string, payload: MonitorEvent['payload']] {
  switch (seen.about) {
    case 'field': {
      const { field, isEmpty: empty, isValid: valid, problem, brand } = seen;
      const error = problem?.toUpperCase() ?? null;
      return ['CHANGE', { field: FIELDS[field], empty, valid, error, ...(brand && { brand: brand.toUpperCase() }) }];
    }
    case 'validity':
      return ['FORM_VALIDITY', { valid: seen.isValid }];
    case 'box':
      return [seen.box === 'remember' ? 'REMEMBER_CARD' : 'AUTHORIZATION', { checked: seen.isChecked }];
    case 'step':
      return [seen.step.toUpperCase(), {}];
    case 'height':
      return ['RESIZE', { height: seen.height }];
    default:
      return [seen.about.toUpperCase(), {}];
  }
}

/** As the server's API names them. */
const FIELDS: Readonly<Record<CheckoutField, string>> = {
  card_number: 'card.number',
  card_expiry: 'card.expiry',
  card_cvc: 'card.cvv',
  postal_code: 'billingDetails.postalCode',
};
