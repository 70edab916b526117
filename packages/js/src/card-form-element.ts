import type { Appearance, CardForm, Locale, SaveOptions } from './card-form.js';
import type { OnfileError } from './errors.js';
import { loadOnfile } from './load-onfile.js';
import type { SaveResult } from './onfile.js';
import { onfileError } from './onfile-error.js';

declare global {
  interface HTMLElementTagNameMap {
    'onfile-card-form': OnfileCardFormElement;
  }
}

/**
 * `<onfile-card-form public-key client-secret vault-url locale>`: the card form as an element. It tells the events of
 * {@link CardForm} with the same details, without bubbling. In a `<form>` its value, under its `name`, is the id of the setup
 * that saved a card, once one did; a reset empties it.
 */
export interface OnfileCardFormElement extends HTMLElement {
  name: string;
  appearance: Appearance;
  /** As {@link CardForm.save}; waits until the form is loaded. */
  save(options?: SaveOptions): Promise<SaveResult>;
}

/** Makes the element known to the page, once. `vaultUrl` is for elements without that attribute. */
export function defineCardForm({ vaultUrl }: { readonly vaultUrl?: string } = {}): void {
  if (!customElements.get(NAME)) customElements.define(NAME, elementClass(vaultUrl));
}

const NAME = 'onfile-card-form';

/** The attributes with which the form begins anew when they change. */
const IDENTITY = ['public-key', 'client-secret', 'vault-url'] as const;

const EVENTS = ['ready', 'change', 'focus', 'blur', 'loaderror'] as const;

// Made when it is wanted: where there is no page there is no HTMLElement either.
function elementClass(usualVaultUrl: string | undefined): CustomElementConstructor {
  return class CardFormElement extends HTMLElement implements OnfileCardFormElement {
    static readonly formAssociated = true;
    static readonly observedAttributes = [...IDENTITY, 'locale'];
    readonly #internals = this.attachInternals();
    /** Of the form that is wanted now; `null` while none is. */
    #opening: Promise<CardForm | OnfileError> | null = null;
    #form: CardForm | null = null;
    #appearance: Appearance = {};

    get name(): string {
      return this.getAttribute('name') ?? '';
    }

    set name(name: string) {
      this.setAttribute('name', name);
    }

    get appearance(): Appearance {
      return this.#appearance;
    }

    set appearance(appearance: Appearance) {
      this.#appearance = appearance;
      this.#form?.update({ appearance });
    }

    connectedCallback(): void {
      // A property, not an attribute: a strict content policy refuses those.
      if (this.style.display === '') this.style.setProperty('display', 'block');
      this.#open();
    }

    disconnectedCallback(): void {
      this.#close();
    }

    formResetCallback(): void {
      this.#open();
    }

    attributeChangedCallback(name: string, before: string | null, after: string | null): void {
      if (before === after || !this.isConnected) return;
      if (name === 'locale') this.#form?.update(readLocale(after));
      else this.#open();
    }

    async save(options?: SaveOptions): Promise<SaveResult> {
      const form = (await this.#opening) ?? onfileError('form_not_mounted', NOT_OPEN);
      if (form instanceof Error) return { status: 'failed', setupIntent: null, error: form };
      const result = await form.save(options);
      if (result.status === 'succeeded') this.#internals.setFormValue(result.setupIntent.id);
      return result;
    }

    /** Anew, where there was a form before. */
    #open(): void {
      this.#close();
      const [publicKey, clientSecret, vaultUrl = usualVaultUrl] = IDENTITY.map(
        (name) => this.getAttribute(name) ?? undefined,
      );
      // Frameworks set one attribute after the other.
      if (!this.isConnected || publicKey === undefined || clientSecret === undefined) return;
      const opening = this.#load({ publicKey, clientSecret, vaultUrl: vaultUrl ?? '' });
      this.#opening = opening;
      opening.then((form) => {
        // Removed or changed meanwhile: what was loaded is no longer wanted.
        if (this.#opening !== opening) return;
        if (form instanceof Error) this.#tellNotLoaded(form);
        else {
          this.#form = form;
          form.mount(this);
        }
      });
    }

    async #load(identity: {
      publicKey: string;
      clientSecret: string;
      vaultUrl: string;
    }): Promise<CardForm | OnfileError> {
      try {
        const onfile = await loadOnfile(identity);
        const form = onfile.createCardForm({
          clientSecret: identity.clientSecret,
          appearance: this.#appearance,
          ...readLocale(this.getAttribute('locale')),
        });
        for (const event of EVENTS) {
          form.on(event, (detail) => this.dispatchEvent(new CustomEvent(event, { detail })));
        }
        return form;
      } catch (error) {
        return error as OnfileError;
      }
    }

    #tellNotLoaded(error: OnfileError): void {
      console.error(`Onfile: ${error.message}`);
      this.dispatchEvent(new CustomEvent('loaderror', { detail: { error } }));
    }

    #close(): void {
      this.#form?.unmount();
      this.#form = null;
      this.#opening = null;
      this.#internals.setFormValue(null);
    }
  };
}

const NOT_OPEN = '<onfile-card-form> needs public-key and client-secret, and has to be in the page.';

function readLocale(text: string | null): { readonly locale?: Locale } {
  return text === 'ja' || text === 'en' ? { locale: text } : {};
}
