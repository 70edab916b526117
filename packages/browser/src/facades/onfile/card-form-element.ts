import type { CardForm, CardFormChanges, Locale, SaveOptions, SaveResult, StartOnfile } from '@onfile/js';
import { formError } from './errors.js';
import { failed } from './results.js';

/** The attributes with which the form begins anew when they change. */
const IDENTITY = ['public-key', 'client-secret', 'vault-url'] as const;

const EVENTS = ['ready', 'change', 'focus', 'blur', 'loaderror'] as const;

/**
 * Makes `<onfile-card-form public-key client-secret>` known to the page, once. Its frame is a child of the element, which
 * has no shadow tree and no style of its own but `display`.
 */
export function defineCardFormElement(start: StartOnfile): void {
  if (customElements.get('onfile-card-form')) return;

  class CardFormElement extends HTMLElement {
    // In a form, its value is the id of the setup that saved the card.
    static readonly formAssociated = true;
    static readonly observedAttributes = [...IDENTITY, 'locale'];
    readonly #internals = this.attachInternals();
    #form: CardForm | null = null;
    #appearance: CardFormChanges['appearance'];

    get name(): string {
      return this.getAttribute('name') ?? '';
    }

    get appearance(): CardFormChanges['appearance'] {
      return this.#appearance;
    }

    set appearance(appearance: CardFormChanges['appearance']) {
      this.#appearance = appearance;
      this.#form?.update({ appearance: appearance ?? {} });
    }

    connectedCallback(): void {
      if (this.style.display === '') this.style.setProperty('display', 'block');
      this.#open();
    }

    disconnectedCallback(): void {
      this.#close();
    }

    formResetCallback(): void {
      this.#close();
      this.#open();
    }

    attributeChangedCallback(name: string, before: string | null, after: string | null): void {
      if (before === after || !this.isConnected) return;
      if (name === 'locale') {
        this.#form?.update({ locale: this.getAttribute('locale') as Locale });
        return;
      }
      this.#close();
      this.#open();
    }

    async save(options?: SaveOptions): Promise<SaveResult> {
      if (this.#form === null) return failed(formError(NOT_OPEN));
      const result = await this.#form.save(options);
      if (result.status === 'succeeded') this.#internals.setFormValue(result.setupIntent.id);
      return result;
    }

    #open(): void {
      const [publicKey, clientSecret, vaultUrl] = IDENTITY.map((name) => this.getAttribute(name) ?? undefined);
      // A framework sets one attribute after the other.
      if (publicKey === undefined || clientSecret === undefined) return;
      const locale = this.getAttribute('locale') as Locale | null;
      try {
        const onfile = start({ publicKey, ...(vaultUrl && { vaultUrl }), ...(locale && { locale }) });
        const form = onfile.createCardForm({ clientSecret, ...(this.#appearance && { appearance: this.#appearance }) });
        for (const event of EVENTS) {
          form.on(event, (detail) => this.dispatchEvent(new CustomEvent(event, { detail })));
        }
        form.mount(this);
        this.#form = form;
      } catch (error) {
        console.error(error);
        queueMicrotask(() => this.dispatchEvent(new CustomEvent('loaderror', { detail: { error } })));
      }
    }

    #close(): void {
      this.#form?.unmount();
      this.#form = null;
      this.#internals.setFormValue(null);
    }
  }
  customElements.define('onfile-card-form', CardFormElement);
}

const NOT_OPEN = {
  kind: 'sdk',
  code: 'form_not_found',
  message: '<onfile-card-form> needs public-key and client-secret, and has to be in the page.',
} as const;
