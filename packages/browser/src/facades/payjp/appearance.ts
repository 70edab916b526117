import { APPEARANCE_VARIABLES, type Appearance, type FormLocale } from '../../protocol/messages.js';
import { textsOf } from './texts-of.js';

export interface AppearanceInput {
  readonly theme?: unknown;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** How the forms of one `widgets` look; changed in place, since all of them follow it. */
export interface Look {
  locale: FormLocale;
  appearance: Appearance;
}

export function readLocale(locale: unknown, otherwise: FormLocale): FormLocale {
  return locale === 'ja' || locale === 'en' ? locale : otherwise;
}

/** Themes are `payjp`, which is light, and `dark`. Variables that are not PAY.JP's are ignored. */
export function readAppearance({ theme, variables = {} }: AppearanceInput = {}): Appearance {
  return { isDark: theme === 'dark', variables: textsOf(variables, APPEARANCE_VARIABLES) };
}
