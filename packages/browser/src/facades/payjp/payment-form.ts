import type { FrameHost } from '../../page/form-frame.js';
import { CONTACT_FIELDS, type ContactField, type PaymentOptions } from '../../protocol/messages.js';
import type { Look } from './appearance.js';
import { createListeners } from './listeners.js';
import { createMounting, type FormBase, type MountedForm } from './mounted-form.js';
import { textsOf } from './texts-of.js';

export interface PaymentForm extends FormBase {
  /** Leaves no payment method selected. */
  collapse(): void;
  update(options: PaymentFormOptions): void;
}

export interface PaymentFormOptions {
  readonly layout?: unknown;
  readonly defaultValues?: { readonly billingDetails?: Readonly<Record<string, unknown>> };
  readonly fields?: { readonly billingDetails?: unknown };
  /** Accepted; cards are the only method that can be saved, so there is nothing to put in order. */
  readonly paymentMethodOrder?: unknown;
}

export function createPaymentForm(host: FrameHost, look: Look, first: PaymentFormOptions): MountedForm<PaymentForm> {
  const listeners = createListeners();
  const layout = readLayout(first.layout);
  let given = first;
  const mounting = createMounting(host, look, {
    options: () => ({ form: 'payment', ...layout, ...readFields(given) }),
    listeners,
    heard(message) {
      if (message.type !== 'change') return;
      const { isEmpty: empty, isComplete: complete, method: type } = message;
      listeners.tell('change', { elementType: 'payment', empty, complete, value: { type } });
    },
  });
  return {
    ...mounting,
    form: {
      ...mounting.form,
      collapse: mounting.collapse,
      update({ layout: _, ...changes }) {
        given = { ...given, ...changes };
        mounting.refreshLook();
      },
    },
  };
}

/**
 * `tab`, `accordion`, or either with `defaultCollapsed`. The form starts open unless the page asks otherwise: with one
 * method there is nothing to choose first.
 */
function readLayout(layout: unknown): Pick<PaymentOptions, 'layout' | 'isCollapsed'> {
  const { type = layout, defaultCollapsed } = (layout ?? {}) as { type?: unknown; defaultCollapsed?: unknown };
  return { layout: type === 'tab' ? 'tab' : 'accordion', isCollapsed: defaultCollapsed === true };
}

function readFields({ fields, defaultValues }: PaymentFormOptions): Pick<PaymentOptions, 'asks' | 'values'> {
  const wish = fields?.billingDetails;
  const asks = (name: ContactField) =>
    (typeof wish === 'object' && wish !== null ? wish[name as never] : wish) !== 'never';
  return {
    asks: { name: asks('name'), email: asks('email'), phone: asks('phone') },
    values: textsOf(defaultValues?.billingDetails, CONTACT_FIELDS),
  };
}
