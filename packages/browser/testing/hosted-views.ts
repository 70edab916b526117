import { type Branding, NO_BRANDING, type SetupErrorCode, type Uuid } from '@onfile/core';
import {
  type FieldProblems,
  type HostedPageView,
  type KeptValues,
  LOCALES,
  type Locale,
  NOTHING_KEPT,
  pageBrandOf,
  type SavedCard,
} from '../src/index.js';

export const FILLED_IN: KeptValues = {
  card_expiry: '12/34',
  card_name: 'TARO YAMADA',
  email: 'taro@example.jp',
  phone: '',
};

export const A_BRANDING: Branding = {
  ...NO_BRANDING,
  merchantId: '0192f0c1-2b5e-7000-8000-00000000000a' as Uuid,
  accent: '#0b6b4f',
  background: '#eef5f1',
  backgroundDark: '#0c1512',
  radius: 20,
  homepageUrl: 'https://shop.example/',
  logo: { digest: 'ab'.repeat(32), format: 'png', width: 320, height: 128 },
};

const SAVED_CARDS: readonly SavedCard[] = [
  { brand: 'jcb', last4: '0000', expMonth: 4, expYear: 2031, isDefault: true },
  { brand: 'mastercard', last4: '4444', expMonth: 12, expYear: 2029, isDefault: false },
];

export const SOME_PROBLEMS: FieldProblems = {
  card_number: 'mistyped',
  card_expiry: 'past',
  card_cvc: 'wrong_length',
  card_name: 'not_latin',
  email: 'required',
};

/** A view of every state, and of every form that a state has, in one language; named for a test's or a picture's title. */
export function everyHostedView(
  locale: Locale,
  merchantName = '喫茶ひだまり',
): readonly { readonly name: string; readonly view: HostedPageView }[] {
  const page = { locale, path: '/setup/cs_0123456789' };
  const setup = {
    ...page,
    isLocaleFree: true,
    mode: 'test',
    merchantName,
    brand: null,
    cancelUrl: 'https://shop.example/cart?from=setup&back=1',
  } as const;
  const form = {
    ...setup,
    usage: 'off_session',
    latestAttemptId: null,
    values: NOTHING_KEPT,
    savedCards: [],
    hasMoreCards: false,
    makesDefault: null,
    secondsLeft: 86_400,
  } as const;
  const returning = { ...form, savedCards: SAVED_CARDS, hasMoreCards: true, makesDefault: false } as const;
  const brand = pageBrandOf(A_BRANDING);
  const card = { brand: 'visa', last4: '4242' } as const;
  const declined = (reason: SetupErrorCode): HostedPageView => ({
    ...form,
    state: 'declined',
    latestAttemptId: '0192f0c1-2b5e-7000-8000-000000000001',
    values: FILLED_IN,
    reason,
  });

  return [
    { name: 'form', view: { ...form, state: 'form', problems: {} } },
    { name: 'form, live', view: { ...form, state: 'form', mode: 'live', usage: 'on_session', problems: {} } },
    { name: 'form, language fixed', view: { ...form, state: 'form', isLocaleFree: false, problems: {} } },
    { name: 'form, returning', view: { ...returning, state: 'form', problems: {} } },
    { name: 'form, branded', view: { ...returning, brand, cancelUrl: null, state: 'form', problems: {} } },
    { name: 'form, problems', view: { ...form, state: 'form', values: FILLED_IN, problems: SOME_PROBLEMS } },
    {
      name: 'form, one problem',
      view: { ...form, state: 'form', values: FILLED_IN, problems: { phone: 'unreadable' } },
    },
    { name: 'declined', view: declined('card_declined') },
    { name: 'declined, authentication', view: declined('authentication_failed') },
    { name: 'processing', view: { ...setup, state: 'processing', checksDone: 0 } },
    { name: 'processing, stopped', view: { ...setup, state: 'processing', checksDone: 99 } },
    { name: 'challenge, branded', view: { ...setup, brand, state: 'challenge', continueUrl: `${page.path}/continue` } },
    { name: 'challenge', view: { ...setup, state: 'challenge', continueUrl: `${page.path}/continue` } },
    { name: 'saved', view: { ...setup, state: 'saved', card, continueUrl: `${page.path}/continue` } },
    { name: 'saved, no way on', view: { ...setup, state: 'saved', card, continueUrl: null } },
    { name: 'already done', view: { ...setup, state: 'already_done', card, continueUrl: 'https://shop.example/done' } },
    { name: 'already done, no card', view: { ...setup, state: 'already_done', card: null, continueUrl: null } },
    { name: 'expired', view: { ...setup, state: 'expired' } },
    { name: 'expired, no way back', view: { ...setup, state: 'expired', cancelUrl: null } },
    { name: 'canceled', view: { ...setup, state: 'canceled' } },
    { name: 'not found', view: { ...page, state: 'not_found' } },
    { name: 'busy', view: { ...page, state: 'unavailable', reason: 'busy', retryAfterSeconds: 30 } },
    {
      name: 'too many attempts',
      view: { ...page, state: 'unavailable', reason: 'too_many_attempts', retryAfterSeconds: 600 },
    },
  ];
}

export function everyHostedViewInEveryLanguage(): readonly { readonly name: string; readonly view: HostedPageView }[] {
  return LOCALES.flatMap((locale) =>
    everyHostedView(locale).map(({ name, view }) => ({ name: `${name}, ${locale}`, view })),
  );
}
