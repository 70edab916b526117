import { type CustomerRef, type CustomerSelector, createUuidText, type Uuid } from '@onfile/core';

/** A kind of object, and how ids of it begin. */
export const PAYJP_ID_PREFIXES = {
  setupFlow: 'setfw_',
  setupFlowClientSecret: 'setfws_',
  customer: 'cus_',
  paymentMethod: 'pm_',
  paymentMethodConfiguration: 'pmc_',
  checkoutSession: 'cs_',
  event: 'evnt_',
} as const;
export type PayjpIdPrefixes = Readonly<Record<keyof typeof PAYJP_ID_PREFIXES, string>>;

/** One kind of id: a prefix and the object's UUID in 26 characters, so that the one can be computed from the other. */
export interface IdForm {
  render(id: Uuid): string;
  /** `null` for a text that `render` cannot have made. */
  parse(text: string): Uuid | null;
}

export interface PayjpIds {
  readonly setupFlow: IdForm;
  readonly paymentMethod: IdForm;
  readonly paymentMethodConfiguration: IdForm;
  readonly checkoutSession: IdForm;
  readonly event: IdForm;
  readonly customer: CustomerIdForm;
  /** `setfws_`, the flow's 26 characters, `_`, and the 43 characters of the domain's client secret. */
  readonly clientSecret: ClientSecretForm;
}

export interface CustomerIdForm {
  render(customer: CustomerRef): string;
  /** `null` for what is neither an id of ours nor one that a merchant may choose. */
  parse(text: string): CustomerSelector | null;
}

export interface ClientSecretForm {
  render(id: Uuid, secret: string): string;
  /** `null` for a text of another form; that the secret fits the id is for the domain to say. */
  parse(text: string): { readonly id: Uuid; readonly secret: string } | null;
}

/** What a merchant may choose as a customer's id. Source: the published specification of customer creation. */
export const CHOSEN_CUSTOMER_ID = /^[A-Za-z0-9_-]{1,100}$/;

export function createPayjpIds(prefixes: PayjpIdPrefixes): PayjpIds {
  return {
    setupFlow: idForm(prefixes.setupFlow),
    paymentMethod: idForm(prefixes.paymentMethod),
    paymentMethodConfiguration: idForm(prefixes.paymentMethodConfiguration),
    checkoutSession: idForm(prefixes.checkoutSession),
    event: idForm(prefixes.event),
    customer: customerIdForm(idForm(prefixes.customer)),
    clientSecret: clientSecretForm(prefixes.setupFlowClientSecret),
  };
}

function idForm(prefix: string): IdForm {
  return {
    render: (id) => prefix + uuidText.encode(id),
    parse: (text) => (text.startsWith(prefix) ? uuidText.decode(text.slice(prefix.length)) : null),
  };
}

function customerIdForm(generated: IdForm): CustomerIdForm {
  return {
    render: ({ id, chosenId }) => chosenId ?? generated.render(id),
    parse(text) {
      const id = generated.parse(text);
      // Only what looks made by us is read as ours: ids brought along from elsewhere can have the same length.
      if (id !== null && UUID_V7.test(id)) return { id };
      return CHOSEN_CUSTOMER_ID.test(text) ? { chosenId: text } : null;
    },
  };
}

function clientSecretForm(prefix: string): ClientSecretForm {
  return {
    render: (id, secret) => `${prefix}${uuidText.encode(id)}_${secret}`,
    parse(text) {
      if (!text.startsWith(prefix)) return null;
      const [encodedId = '', secret = ''] = splitOnce(text.slice(prefix.length), '_');
      const id = uuidText.decode(encodedId);
      return id !== null && CLIENT_SECRET.test(secret) ? { id, secret } : null;
    },
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CLIENT_SECRET = /^[A-Za-z0-9]{43}$/;

/** Without those letters that look like digits, and without `u`. */
const uuidText = createUuidText('0123456789abcdefghjkmnpqrstvwxyz');
