import type { FrameHost } from '../../page/form-frame.js';
import { ADDRESS_FIELDS, type AddressMode, type AddressOptions } from '../../protocol/messages.js';
import type { Look } from './appearance.js';
import { createListeners } from './listeners.js';
import { createMounting, type FormBase, type MountedForm } from './mounted-form.js';
import { textsOf } from './texts-of.js';

export interface AddressForm extends FormBase {
  update(options: AddressFormOptions): void;
}

export interface AddressFormOptions {
  readonly mode?: unknown;
  readonly autocomplete?: { readonly mode?: unknown };
  readonly defaultValues?: Readonly<Record<string, unknown>>;
  readonly fields?: { readonly phone?: unknown };
}

export interface MountedAddressForm extends MountedForm<AddressForm> {
  readonly mode: AddressMode;
  /** What is entered, as the latest `change` told; `null` while nothing is. */
  values(): Readonly<Record<string, string>> | null;
}

export function createAddressForm(host: FrameHost, look: Look, first: AddressFormOptions): MountedAddressForm {
  const { mode, autocomplete } = first;
  if (mode !== 'shipping' && mode !== 'billing') {
    throw new TypeError("An address form has the mode 'shipping' or 'billing'.");
  }
  if (autocomplete?.mode === 'google_maps_api') {
    console.warn('payments.js: nothing is asked of Google Maps here; autocomplete google_maps_api is ignored.');
  }
  const listeners = createListeners();
  let given = first;
  let latest: Readonly<Record<string, string>> | null = null;
  const mounting = createMounting(host, look, {
    options: () => ({ form: 'address', mode, ...readOptions(given, mode) }),
    listeners,
    heard(message) {
      if (message.type !== 'address') return;
      const { isEmpty: empty, isComplete: complete, values } = message;
      const { name, phone, ...address } = values;
      latest = empty ? null : values;
      listeners.tell('change', {
        elementType: 'address',
        elementMode: mode,
        empty,
        complete,
        value: { name, address, phone },
      });
    },
  });
  return {
    ...mounting,
    mode,
    form: {
      ...mounting.form,
      update({ mode: _, autocomplete: __, ...changes }) {
        given = { ...given, ...changes };
        mounting.refreshLook();
      },
    },
    values: () => latest,
  };
}

/** `auto` asks for a phone number where a parcel goes. */
function readOptions(
  { fields, defaultValues = {} }: AddressFormOptions,
  mode: AddressMode,
): Pick<AddressOptions, 'asksPhone' | 'values'> {
  const phone = fields?.phone ?? 'auto';
  const flat = { ...defaultValues, ...(defaultValues.address as object | undefined) };
  return {
    asksPhone: phone === 'always' || (phone === 'auto' && mode === 'shipping'),
    values: textsOf(flat, ADDRESS_FIELDS),
  };
}
