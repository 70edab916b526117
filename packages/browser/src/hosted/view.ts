import type { CardBrand, Mode, SetupErrorCode, Usage } from '@onfile/core';
import type { FieldProblems, KeptValues } from './form-fields.js';
import type { Locale } from './locale.js';

/** Everything that the hosted page shows, by the state that the setup is in. */
export type HostedPageView =
  | FormView
  | DeclinedView
  | ProcessingView
  | ChallengeView
  | SavedView
  | AlreadyDoneView
  | ExpiredView
  | CanceledView
  | NotFoundView
  | UnavailableView;

export type HostedPageState = HostedPageView['state'];

interface Page {
  readonly locale: Locale;
  /** The page's own path without a query, `/setup/<id>`. */
  readonly path: string;
}

/** A page about a setup that exists. */
interface SetupPage extends Page {
  /** Whether the cardholder may choose the language: not where the merchant fixed it. */
  readonly isLocaleFree: boolean;
  readonly mode: Mode;
  /** What cardholders know the merchant by. */
  readonly merchantName: string;
  /** `null` where the merchant has chosen no look of their own. */
  readonly brand: PageBrand | null;
  /** The way back to the merchant without a saved card; `null` where there is none. Only `http:` and `https:`. */
  readonly cancelUrl: string | null;
}

/** A merchant's look, as a page links it. */
export interface PageBrand {
  /** Where {@link brandStyle} is served; `null` where the merchant chose no colour and no radius. */
  readonly stylePath: string | null;
  /** Whether the merchant chose what is behind the panel. */
  readonly hasGround: boolean;
  /** With its own size in pixels; the page shows it smaller. */
  readonly logo: { readonly path: string; readonly width: number; readonly height: number } | null;
  readonly homepageUrl: string | null;
}

interface FormPage extends SetupPage {
  /** What later charges the consent covers. */
  readonly usage: Usage;
  /** The setup attempt made last, if any; the form sends it back as `after_attempt`. */
  readonly latestAttemptId: string | null;
  readonly values: KeptValues;
  /** Cards that the customer has saved before; the newest first, {@link SAVED_CARDS_SHOWN} at most. */
  readonly savedCards: readonly SavedCard[];
  /** Whether there are more of them than are shown. */
  readonly hasMoreCards: boolean;
  /** `null` where there is no customer whose default the card could become; otherwise whether the wish is expressed. */
  readonly makesDefault: boolean | null;
  /** How long the setup can still be finished. */
  readonly secondsLeft: number;
}

export const SAVED_CARDS_SHOWN = 3;

export interface SavedCard extends CardSummary {
  readonly expMonth: number;
  readonly expYear: number;
  readonly isDefault: boolean;
}

export interface FormView extends FormPage {
  readonly state: 'form';
  readonly problems: FieldProblems;
}

/** The form again, after an attempt that did not save the card. */
export interface DeclinedView extends FormPage {
  readonly state: 'declined';
  readonly reason: SetupErrorCode;
}

export interface ProcessingView extends SetupPage {
  readonly state: 'processing';
  /** How often this page has looked already: `check` of its query. It stops by itself after {@link CHECKS_MAX}. */
  readonly checksDone: number;
}

export interface ChallengeView extends SetupPage {
  readonly state: 'challenge';
  /** Leads to the card company: a path of ours that redirects there, or its own address. */
  readonly continueUrl: string;
}

export interface CardSummary {
  readonly brand: CardBrand;
  readonly last4: string;
}

/** Saved just now: the page leads on at once. */
export interface SavedView extends SetupPage {
  readonly state: 'saved';
  readonly card: CardSummary;
  /** The merchant's `success_url`, or a path of ours that redirects there; `null`: the page stays. */
  readonly continueUrl: string | null;
}

/** Saved before, and opened again: the page stays, so that "back" in the browser does not throw the person forward. */
export interface AlreadyDoneView extends SetupPage {
  readonly state: 'already_done';
  readonly card: CardSummary | null;
  readonly continueUrl: string | null;
}

export interface ExpiredView extends SetupPage {
  readonly state: 'expired';
}

export interface CanceledView extends SetupPage {
  readonly state: 'canceled';
}

/** Says nothing about whether there ever was such a setup. */
export interface NotFoundView extends Page {
  readonly state: 'not_found';
}

/** `busy`: something that we need is down. `too_many_attempts`: a limit against card testing. */
export interface UnavailableView extends Page {
  readonly state: 'unavailable';
  readonly reason: 'busy' | 'too_many_attempts';
  readonly retryAfterSeconds: number;
}
