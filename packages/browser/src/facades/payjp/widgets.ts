import { challenge } from '../../page/challenge.js';
import { type FrameHost, UNMOUNTED } from '../../page/form-frame.js';
import { ADDRESS_PARTS, CONTACT_FIELDS } from '../../protocol/messages.js';
import { type AddressForm, createAddressForm, type MountedAddressForm } from './address-form.js';
import { type AppearanceInput, readAppearance, readLocale } from './appearance.js';
import { NO_PAYMENTS, type PayjpPaymentsError, payjpError } from './errors.js';
import { createListeners } from './listeners.js';
import type { MountedForm } from './mounted-form.js';
import { createPaymentForm, type PaymentForm } from './payment-form.js';
import { isSetupSecret } from './setup-flow.js';
import { textsOf } from './texts-of.js';

export interface WidgetsOptions extends LookOptions {
  readonly clientSecret: string;
}

export interface LookOptions {
  readonly locale?: unknown;
  readonly appearance?: AppearanceInput;
}

export interface Widgets {
  createForm(type: 'payment' | 'address', options?: object): PaymentForm | AddressForm;
  getForm(type: 'payment' | 'address', options?: { mode?: string }): PaymentForm | AddressForm | null;
  update(options: LookOptions): void;
  fetchUpdates(): Promise<void>;
  on(event: 'updateEnd', handler: () => void): void;
  off(event: 'updateEnd', handler: () => void): void;
  /** Resolves only when the card was not saved: on success the browser goes on. */
  confirmSetup(params: ConfirmParams): Promise<{ error: PayjpPaymentsError }>;
  /** This server takes no payments. */
  confirmPayment(params: unknown): Promise<{ error: PayjpPaymentsError }>;
}

export interface ConfirmParams {
  readonly return_url?: unknown;
  readonly payment_method_data?: { readonly billing_details?: Readonly<Record<string, unknown>> };
}

type Host = Omit<FrameHost, 'clientSecret'>;

export function createWidgets(host: Host, options: WidgetsOptions): Widgets {
  const { clientSecret } = options;
  const frameHost: FrameHost = { ...host, clientSecret: String(clientSecret) };
  const listeners = createListeners();
  const look = { locale: readLocale(options.locale, 'ja'), appearance: readAppearance(options.appearance) };
  const addresses = new Map<string, MountedAddressForm>();
  let payment: MountedForm<PaymentForm> | null = null;
  let confirming: Promise<{ error: PayjpPaymentsError }> | null = null;

  const forms = () => [...(payment ? [payment] : []), ...addresses.values()];

  async function confirm(params: ConfirmParams): Promise<{ error: PayjpPaymentsError }> {
    if (!isSetupSecret(clientSecret)) return { error: NO_PAYMENTS };
    if (!payment?.isMounted()) return { error: payjpError(UNMOUNTED) };

    // The payment form's problems come first, as it is asked first; but both are to show what they have.
    const address = addresses.get('billing') ?? addresses.get('shipping');
    const checked = address?.isMounted() ? await address.ask({ kind: 'check' }) : null;
    if (checked?.kind === 'error') {
      const own = await payment.ask({ kind: 'check' });
      return { error: payjpError(own.kind === 'error' ? own.error : checked.error) };
    }
    let outcome = await payment.ask({
      kind: 'confirm',
      // Whatever is no address, the frame refuses.
      returnUrl: String(params?.return_url),
      billing: billingFrom(params, addresses.get('billing')?.values() ?? null),
    });
    if (outcome.kind === 'authenticate') {
      outcome = await challenge(frameHost, { ...look, url: outcome.url });
      if (outcome.kind === 'error') await payment.ask({ kind: 'refresh' });
    }
    if (outcome.kind === 'error') return { error: payjpError(outcome.error) };
    if (outcome.kind === 'go') location.assign(outcome.url);
    // The page is left. Where it is not, or comes back out of the browser's cache, it may confirm again.
    confirming = null;
    return new Promise(() => {});
  }

  return {
    createForm(type, formOptions = {}) {
      if (type === 'address') {
        const form = createAddressForm(frameHost, look, formOptions);
        const known = addresses.get(form.mode);
        if (known) return known.form;
        addresses.set(form.mode, form);
        return form.form;
      }
      if (type !== 'payment') throw new TypeError(`There are forms of type payment and address, not ${String(type)}.`);
      payment ??= createPaymentForm(frameHost, look, formOptions);
      return payment.form;
    },
    getForm(type, { mode = '' } = {}) {
      return (type === 'payment' ? payment : addresses.get(mode))?.form ?? null;
    },
    update({ locale, appearance }) {
      look.locale = readLocale(locale, look.locale);
      if (appearance !== undefined) look.appearance = readAppearance(appearance);
      for (const form of forms()) form.refreshLook();
      queueMicrotask(() => listeners.tell('updateEnd'));
    },
    async fetchUpdates() {
      await Promise.all(forms().map((form) => form.isMounted() && form.ask({ kind: 'refresh' })));
      listeners.tell('updateEnd');
    },
    on: listeners.on,
    off: listeners.off,
    confirmSetup(params) {
      // A double click is one confirmation.
      confirming ??= confirm(params).finally(() => {
        confirming = null;
      });
      return confirming;
    },
    confirmPayment: async () => ({ error: NO_PAYMENTS }),
  };
}

/** What the call brings wins over what the billing address form holds. */
function billingFrom({ payment_method_data }: ConfirmParams = {}, address: Readonly<Record<string, string>> | null) {
  const given = payment_method_data?.billing_details ?? {};
  const merged = { ...address, ...(given.address as object | undefined) };
  const parts = textsOf(merged, ADDRESS_PARTS);
  return { ...textsOf(given, CONTACT_FIELDS), ...(Object.keys(parts).length === 0 ? {} : { address: parts }) };
}
