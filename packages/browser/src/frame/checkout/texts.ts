import type { FormLocale } from '../../protocol/messages.js';
import type { FieldTexts } from '../texts/fields.js';
import type { StandingInstructionType } from './consent.js';
import type { PostalCodeProblem } from './postal-code.js';

/** Every text of the checkout form. A catalogue that lacks one does not build. */
export interface CheckoutTexts {
  readonly form: Pick<FieldTexts['form'], 'labels' | 'hints'>;
  readonly problems: Pick<FieldTexts['problems'], 'card_number' | 'card_expiry' | 'card_cvc'> & {
    readonly postal_code: Readonly<Record<PostalCodeProblem, string>>;
  };
  readonly postalCode: string;
  readonly postalCodeHint: string;
  readonly card: string;
  readonly testMode: string;
  readonly codeHint: Readonly<Record<3 | 4, string>>;
  readonly problemCount: (count: number) => string;
  readonly working: string;
  readonly unreachable: string;
  readonly declined: { readonly heading: string; readonly body: readonly string[] };
  readonly notSaved: string;
  readonly expiring: string;
  readonly consent: {
    readonly remember: string;
    readonly rememberTerms: (merchantName: string) => string;
    readonly rememberRequired: string;
    readonly authorization: (merchantName: string) => string;
    readonly authorizationRequired: string;
    readonly terms: Readonly<Record<StandingInstructionType, (merchantName: string) => string>>;
  };
  readonly notices: Readonly<Record<NoticeName, { readonly heading: string; readonly body: string }>>;
}

/** What stands in the form's place. */
export type NoticeName = 'saved' | 'processing' | 'expired' | 'failed';

/** One language is loaded, and the other only when the page asks for it. */
export async function loadCheckoutTexts(locale: FormLocale): Promise<CheckoutTexts> {
  const { TEXTS } = locale === 'ja' ? await import('./texts-ja.js') : await import('./texts-en.js');
  return TEXTS;
}
