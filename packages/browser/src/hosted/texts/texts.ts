import type { DeclineCode, Usage } from '@onfile/core';
import type { FieldTexts } from '../../frame/texts/fields.js';
import type { Locale } from '../locale.js';
import { EN } from './en.js';
import { JA } from './ja.js';

/** Every text of the hosted page. A catalogue that lacks one does not build. */
export interface HostedTexts {
  /** The language's own name, for the switch. */
  readonly languageName: string;
  readonly testMode: { readonly label: string; readonly note: string };
  readonly backTo: (merchant: string) => string;
  readonly continueTo: (merchant: string) => string;
  readonly cardEndingIn: (brand: string, last4: string) => string;

  readonly form: FieldTexts['form'] & {
    readonly heading: string;
    readonly lead: (merchant: string) => string;
    readonly consent: Readonly<Record<Usage, (merchant: string) => string>>;
    readonly makesDefault: string;
    readonly submit: string;
    readonly safety: string;
  };
  readonly savedCards: {
    readonly heading: (merchant: string) => string;
    /** Takes the expiry as it is printed, `12 / 34`. */
    readonly goodUntil: (expiry: string) => string;
    readonly isDefault: string;
    readonly more: string;
  };
  readonly testCards: {
    readonly heading: string;
    readonly use: string;
    readonly outcomes: Readonly<Record<'saved' | DeclineCode, string>>;
  };
  /** What only a page with a script can say. */
  readonly live: {
    readonly codeHint: Readonly<Record<3 | 4, string>>;
    readonly working: string;
    readonly workingButton: string;
    readonly enterCodeAgain: string;
    readonly unreachableHeading: string;
    readonly unreachable: string;
    /** Takes the time of day at which the page ends, as it is written there. */
    readonly endsSoon: (time: string) => string;
    readonly endsSoonSeen: string;
  };
  readonly problems: FieldTexts['problems'] & {
    /** Stands before the page's title. */
    readonly count: (count: number) => string;
    readonly heading: (count: number) => string;
    readonly enterAgain: string;
  };
  readonly declined: FieldTexts['declined'];
  readonly processing: {
    readonly heading: string;
    readonly body: string;
    readonly stopped: string;
    readonly checkAgain: string;
    readonly stopChecking: string;
  };
  readonly challenge: {
    readonly heading: string;
    readonly body: string;
    readonly steps: readonly string[];
    readonly action: string;
  };
  readonly saved: { readonly heading: string; readonly body: (merchant: string) => string; readonly stay: string };
  readonly alreadyDone: { readonly heading: string; readonly body: (merchant: string) => string };
  readonly expired: { readonly heading: string; readonly body: (merchant: string) => string };
  readonly canceled: { readonly heading: string; readonly body: (merchant: string) => string };
  readonly notFound: { readonly heading: string; readonly body: string };
  readonly unavailable: {
    readonly heading: string;
    readonly reasons: Readonly<Record<'busy' | 'too_many_attempts', string>>;
    readonly tryAgain: string;
  };
}

export function textsIn(locale: Locale): HostedTexts {
  return CATALOGUES[locale];
}

const CATALOGUES: Readonly<Record<Locale, HostedTexts>> = { ja: JA, en: EN };
