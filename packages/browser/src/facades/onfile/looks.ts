import type { CardFormChanges, ContactField, Locale } from '@onfile/js';
import { APPEARANCE_VARIABLES, type Appearance, CONTACT_FIELDS, type PaymentOptions } from '../../protocol/messages.js';
import { invalidOptions } from './errors.js';

/** The given one, or the page's own language. */
export function readLocale(locale: unknown): Locale {
  const wish = locale ?? document.documentElement.lang.slice(0, 2);
  return wish === 'ja' ? 'ja' : 'en';
}

export function readAppearance({ theme, variables = {} }: NonNullable<CardFormChanges['appearance']> = {}): Appearance {
  return { isDark: theme === 'dark', variables: textsOf('appearance.variables', variables, APPEARANCE_VARIABLES) };
}

export function readFields({ fields = {}, defaultValues = {} }: CardFormChanges): PaymentOptions {
  const asks = (name: ContactField) => fields[name] !== false;
  return {
    form: 'payment',
    layout: 'tab',
    isCollapsed: false,
    asks: { name: asks('name'), email: asks('email'), phone: asks('phone') },
    values: textsOf('defaultValues', defaultValues, CONTACT_FIELDS),
  };
}

/** The frame takes no longer ones. */
const TEXT_CHARACTERS_MAX = 200;

/** Texts under these names. Throws for any other name and for what is no text, so that a typing mistake is found at once. */
export function textsOf<N extends string>(
  what: string,
  given: object,
  names: readonly N[],
): Readonly<Partial<Record<N, string>>> {
  const entries = Object.entries(given).filter(([, text]) => text != null && text !== '');
  for (const [name, text] of entries) {
    if (!(names as readonly string[]).includes(name)) {
      throw invalidOptions(`${what} has no ${name}. It has ${names.join(', ')}.`);
    }
    if (typeof text !== 'string' || text.length > TEXT_CHARACTERS_MAX) {
      throw invalidOptions(`${what}.${name} has to be a text of at most ${TEXT_CHARACTERS_MAX} characters.`);
    }
  }
  return Object.fromEntries(entries) as Partial<Record<N, string>>;
}
