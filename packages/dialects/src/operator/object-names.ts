import type { EventObjectType, Uuid } from '@onfile/core';
import type { IdForm, PayjpIds } from '../payjp/ids.js';

/** Whatever has an id that people may come with. */
export type NamedKind = EventObjectType | 'event' | 'setup_attempt' | 'webhook_endpoint';

export interface NamedObject {
  readonly id: Uuid;
  /** Of a customer. */
  readonly chosenId?: string | null;
}

/** What each dialect calls an object; `null` where it does not show it. */
interface DialectIds {
  readonly payjp: string | null;
  readonly toast: string | null;
}

export interface ObjectNames {
  render(kind: NamedKind, object: NamedObject): DialectIds;
  /** The id of an object of this kind, however it is written; `null` for what is none. */
  idOf(kind: NamedKind, text: string): Uuid | null;
  /** The kinds that such an id can be of; none for a text that is no id. */
  kindsOf(text: string): readonly NamedKind[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TOAST_KINDS: readonly NamedKind[] = ['setup_intent', 'payment_method', 'customer', 'mandate'];
const NAMED_KINDS: readonly NamedKind[] = [
  'setup_intent',
  'payment_method',
  'customer',
  'checkout_session',
  'mandate',
  'payment_method_configuration',
  'event',
  'setup_attempt',
  'webhook_endpoint',
];

export function objectNames(ids: PayjpIds): ObjectNames {
  const forms: Partial<Record<NamedKind, Pick<IdForm, 'render' | 'parse'>>> = {
    setup_intent: ids.setupFlow,
    payment_method: ids.paymentMethod,
    checkout_session: ids.checkoutSession,
    payment_method_configuration: ids.paymentMethodConfiguration,
    event: ids.event,
    customer: {
      render: (id) => ids.customer.render({ id, chosenId: null }),
      parse: (text) => {
        const selector = ids.customer.parse(text);
        return selector && 'id' in selector ? selector.id : null;
      },
    },
  };
  const idOf = (kind: NamedKind, text: string) =>
    UUID.test(text) ? (text.toLowerCase() as Uuid) : (forms[kind]?.parse(text) ?? null);
  return {
    idOf,
    kindsOf: (text) => NAMED_KINDS.filter((kind) => idOf(kind, text) !== null),
    render: (kind, { id, chosenId = null }) => ({
      payjp: chosenId ?? forms[kind]?.render(id) ?? null,
      toast: TOAST_KINDS.includes(kind) ? id : null,
    }),
  };
}
