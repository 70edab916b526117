import type { FormLocale } from '../../protocol/messages.js';
import type { FieldTexts } from '../texts/fields.js';

/** Every text of the payment form. A catalogue that lacks one does not build. */
export interface PaymentTexts extends FieldTexts {
  readonly testMode: string;
  readonly methods: string;
  readonly card: string;
  readonly chooseMethod: string;
  readonly codeHint: Readonly<Record<3 | 4, string>>;
  readonly problemCount: (count: number) => string;
  readonly working: string;
  readonly enterCodeAgain: string;
  readonly unreachable: string;
  readonly notices: Readonly<Record<NoticeName, { readonly heading: string; readonly body: string }>>;
}

/** What stands in the form's place. */
export type NoticeName = 'requires_action' | 'processing' | 'succeeded' | 'canceled' | 'failed';

/** One language is loaded, and the other only when the page asks for it. */
export async function loadPaymentTexts(locale: FormLocale): Promise<PaymentTexts> {
  const { TEXTS } = locale === 'ja' ? await import('./texts-ja.js') : await import('./texts-en.js');
  return TEXTS;
}
