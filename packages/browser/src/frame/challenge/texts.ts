import type { FormLocale } from '../../protocol/messages.js';
import type { FieldTexts } from '../texts/fields.js';

/** Every text around the card company's page. A catalogue that lacks one does not build. */
export interface ChallengeTexts {
  readonly heading: string;
  readonly lead: string;
  readonly bankFrame: string;
  readonly close: string;
  readonly openAgain: string;
  readonly notices: Readonly<Record<ChallengeNotice, string>>;
  readonly ask: { readonly heading: string; readonly body: string; readonly stay: string; readonly stop: string };
  readonly reasons: FieldTexts['declined']['reasons'];
}

/**
 * `unfinished`: the card company's page led back, and nothing is decided. `offline`: our server cannot be reached.
 * `stopping`: it is being told that the cardholder gave up.
 */
export type ChallengeNotice = 'unfinished' | 'offline' | 'checking' | 'stopping';

export async function loadChallengeTexts(locale: FormLocale): Promise<ChallengeTexts> {
  const { TEXTS } = locale === 'ja' ? await import('./texts-ja.js') : await import('./texts-en.js');
  return TEXTS;
}
