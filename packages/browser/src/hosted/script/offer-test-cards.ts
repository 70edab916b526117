import { cardBrandOf } from '@onfile/core';
import type { HostedField } from '../form-fields.js';
import type { EntryField } from './entry-field.js';

/** Where the server offers test cards, each button fills the whole form in; `filled` is told afterwards. */
export function offerTestCards(fields: readonly EntryField[], filled: () => void): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-number]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      fill(fields, button.dataset.number ?? '');
      filled();
    });
  }
}

function fill(fields: readonly EntryField[], number: string): void {
  const isAmex = cardBrandOf(Array.from(number, Number)) === 'amex';
  const year = String(new Date().getFullYear() + 3).slice(-2);
  const entries: Readonly<Partial<Record<HostedField, string>>> = {
    card_number: number,
    card_expiry: `12${year}`,
    card_cvc: isAmex ? '1234' : '123',
    card_name: 'TARO YAMADA',
  };
  for (const field of fields) field.write(entries[field.name] ?? field.read());
  const [email, phone] = (['email', 'phone'] as const).map((name) => fields.find((each) => each.name === name));
  if (email?.read() === '' && phone?.read() === '') email.write('taro@example.com');
}
