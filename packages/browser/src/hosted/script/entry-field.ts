import { CARD_BRANDS, type CardBrand } from '@onfile/core';
import { earliestMonthAt, formatExpiry, formatTypedExpiry, readExpiry } from '../../frame/card/expiry.js';
import { readCardholderName } from '../../frame/card/name.js';
import { formatCardNumber } from '../../frame/card/number.js';
import { writeFormatted } from '../../frame/view/write-formatted.js';
import type { HostedField } from '../form-fields.js';
import type { HostedTexts } from '../texts/texts.js';
import { attentionIcon, byId, found, made } from './elements.js';

/** A field that a person fills in: what is in it, and what stands below it. */
export interface EntryField {
  readonly name: HostedField;
  read(): string;
  write(text: string): void;
  /** After every change of the text, once it is in its form. Never while an input method composes. */
  onEdit(listener: () => void): void;
  /** When it is left with something in it, once a pointer that took the focus away is up again. */
  onLeave(listener: () => void): void;
  hasProblem(): boolean;
  showProblem(text: string | undefined): void;
  /** Only the number and the code have something to show; the brand is said once. */
  showBrand(brand: CardBrand | null, say: (text: string) => void): void;
  /** While the form is on its way, nothing in it changes. */
  lock(isOn: boolean): void;
}

const NAMES: readonly HostedField[] = ['card_number', 'card_expiry', 'card_cvc', 'card_name', 'email', 'phone'];

/** In the order of the form. */
export function entryFields(form: HTMLFormElement, texts: HostedTexts): readonly EntryField[] {
  return NAMES.map((name) => entryField(name, form, texts));
}

function entryField(name: HostedField, form: HTMLFormElement, texts: HostedTexts): EntryField {
  const input = found(form, `#${name}`, HTMLInputElement);
  const hint = document.getElementById(`${name}-hint`);
  const firstHint = hint?.textContent ?? '';
  const below = found(form, `.field:has(#${name}) .below`, HTMLElement);
  let brandShown: CardBrand | null = null;

  /** As much room as there was: shorter words pull nothing up. */
  function keepRoom(): void {
    below.style.minHeight ||= `${below.offsetHeight}px`;
  }

  function edited(inputType?: string): void {
    const format = TYPED_FORMS[name];
    if (format !== undefined) writeFormatted(input, format, inputType);
  }

  return {
    name,
    read: () => input.value,
    write(text) {
      input.value = text;
      edited();
    },
    onEdit(listener) {
      const hear = (inputType?: string) => {
        edited(inputType);
        listener();
      };
      // Filling by the browser itself tells no type.
      input.addEventListener('input', (event) => {
        if (!(event instanceof InputEvent)) hear();
        else if (!event.isComposing) hear(event.inputType);
      });
      input.addEventListener('compositionend', () => hear());
    },
    onLeave(listener) {
      input.addEventListener('blur', () => {
        if (input.value.trim() === '') return;
        input.value = FINAL_FORMS[name]?.(input.value) ?? input.value;
        afterPointer(listener);
      });
    },
    hasProblem: () => input.getAttribute('aria-invalid') === 'true',
    showProblem(text) {
      keepRoom();
      document.getElementById(`${name}-problem`)?.remove();
      const describedBy = [text === undefined ? [] : [`${name}-problem`], hint === null ? [] : [`${name}-hint`]].flat();
      setOrRemove(input, 'aria-invalid', text === undefined ? null : 'true');
      setOrRemove(input, 'aria-describedby', describedBy.join(' ') || null);
      if (text === undefined) return;
      const shown = made('p', { class: 'problem', id: `${name}-problem` }, attentionIcon(), made('span', {}, text));
      below.prepend(shown);
    },
    showBrand(brand, say) {
      if (brand === brandShown) return;
      brandShown = brand;
      keepRoom();
      if (name === 'card_cvc' && hint !== null) {
        hint.textContent = brand === null ? firstHint : texts.live.codeHint[CARD_BRANDS[brand].cvcLength];
      }
      if (name !== 'card_number') return;
      byId('brand').textContent = brand === null ? '' : CARD_BRANDS[brand].displayName;
      if (brand !== null) say(CARD_BRANDS[brand].displayName);
    },
    lock(isOn) {
      input.readOnly = isOn;
    },
  };
}

const TYPED_FORMS: Readonly<Partial<Record<HostedField, (text: string) => string>>> = {
  card_number: formatCardNumber,
  card_expiry: formatTypedExpiry,
};

/** The form that a text takes once it is whole. */
const FINAL_FORMS: Readonly<Partial<Record<HostedField, (text: string) => string>>> = {
  card_expiry(text) {
    const { expiry } = readExpiry(text, earliestMonthAt(Date.now()));
    return expiry === null ? text : formatExpiry(expiry).replace('/', ' / ');
  },
  card_name: (text) => readCardholderName(text).name ?? text,
};

let isPointerDown = false;
addEventListener('pointerdown', () => {
  isPointerDown = true;
});
for (const end of ['pointerup', 'pointercancel']) {
  addEventListener(end, () => {
    isPointerDown = false;
  });
}

/** A text that appears between press and release would push away what was pressed. */
function afterPointer(listener: () => void): void {
  if (!isPointerDown) listener();
  else addEventListener('pointerup', () => setTimeout(listener), { once: true });
}

function setOrRemove(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
