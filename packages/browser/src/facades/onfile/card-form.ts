import type { CardForm, CardFormOptions, OnfileError, SaveOptions, SaveResult } from '@onfile/js';
import { challenge, showsChallenges } from '../../page/challenge.js';
import { type FormFrame, openFormFrame } from '../../page/form-frame.js';
import {
  ADDRESS_PARTS,
  type BillingDetails,
  CONTACT_FIELDS,
  type FormState,
  type Outcome,
} from '../../protocol/messages.js';
import { formError, invalidOptions, onfileError } from './errors.js';
import { createListeners } from './listeners.js';
import { readAppearance, readFields, readLocale, textsOf } from './looks.js';
import { failed, resultOf } from './results.js';
import { readSetupIntent } from './setup-intent.js';
import type { Site } from './start-onfile.js';

export function createCardForm(site: Site, options: CardFormOptions): CardForm {
  const host = { ...site, clientSecret: options.clientSecret };
  const listeners = createListeners();
  let given = options;
  let state = stateOf();
  let frame: FormFrame | null = null;
  let saving: Promise<SaveResult> | null = null;

  function stateOf(): FormState {
    const { locale = site.locale, appearance } = given;
    return { locale: readLocale(locale), appearance: readAppearance(appearance), options: readFields(given) };
  }

  async function save({ returnUrl = ownAddress(), billingDetails = {} }: SaveOptions): Promise<SaveResult> {
    if (!isWebAddress(returnUrl))
      throw invalidOptions(`returnUrl has to be an http or https address, not ${returnUrl}.`);
    if (frame === null) throw onfileError('form_not_mounted', 'The form is not mounted.');

    const form = frame;
    const asked = await form.ask({ kind: 'confirm', returnUrl, billing: readBilling(billingDetails) });
    if (asked.kind === 'error') throw formError(asked.error);
    const answered = asked.kind === 'authenticate' ? await authenticate(asked.url) : asked;

    // The page is still here, so the form has to show as well what came of it.
    const [found] = await Promise.all([readSetupIntent(host), form.ask({ kind: 'refresh' })]);
    const { setupIntent } = found;
    if (answered.kind !== 'error') return resultOf(found) ?? { status: 'canceled', setupIntent };
    if (answered.isStopped) return { status: 'canceled', setupIntent };
    return failed(formError(answered.error), setupIntent);
  }

  async function authenticate(url: string): Promise<Outcome> {
    if (showsChallenges()) return challenge(host, { ...state, url });
    await leaveFor(url);
    return { kind: 'done' };
  }

  return {
    mount(target) {
      const container = typeof target === 'string' ? document.querySelector(target) : target;
      if (!(container instanceof Element)) throw invalidOptions(`There is no element ${target} to mount the form in.`);
      frame?.close();
      frame = openFormFrame(container, host, state, {
        heard(message) {
          if (message.type === 'change') {
            listeners.tell('change', { isEmpty: message.isEmpty, isComplete: message.isComplete });
          } else if (message.type === 'ready' || message.type === 'focus' || message.type === 'blur') {
            listeners.tell(message.type, undefined);
          }
        },
        failed(error) {
          console.error(`Onfile: ${error.message}`);
          listeners.tell('loaderror', { error: formError(error) });
        },
      });
    },
    unmount() {
      frame?.close();
      frame = null;
    },
    update(changes) {
      given = { ...given, ...changes, clientSecret: given.clientSecret };
      state = stateOf();
      frame?.update(state);
    },
    on: listeners.on,
    save(saveOptions = {}) {
      // A double click is one attempt.
      saving ??= save(saveOptions)
        .catch((error: OnfileError) => failed(error))
        .finally(() => {
          saving = null;
        });
      return saving;
    },
  };
}

/** Where a bank's page leads back to: here, without the part that is for this page alone. */
function ownAddress(): string {
  return location.href.split('#')[0] as string;
}

function isWebAddress(text: unknown): boolean {
  return typeof text === 'string' && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Resolves only where the page comes back out of the browser's cache. */
function leaveFor(url: string): Promise<void> {
  return new Promise((resolve) => {
    addEventListener('pageshow', () => resolve(), { once: true });
    location.assign(url);
  });
}

function readBilling({ address, ...contact }: NonNullable<SaveOptions['billingDetails']>): BillingDetails {
  return {
    ...textsOf('billingDetails', contact, CONTACT_FIELDS),
    ...(address && { address: textsOf('billingDetails.address', address, ADDRESS_PARTS) }),
  };
}
