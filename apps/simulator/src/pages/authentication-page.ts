import type { CardBrand } from '../test-cards.js';
import type { Verification } from '../verification.js';
import { document, type Html, html } from './html.js';
import type { Language } from './language.js';

/** The question: pass, fail, or go back. */
export function authenticationPage(language: Language, verification: Verification, now: number): string {
  const text = TEXTS[language];
  const { card, reference, authentication } = verification;
  const secondsLeft = Math.max(0, Date.parse(authentication?.expiresAt ?? '') - now) / 1000;
  return page(
    language,
    text.title,
    html`<p>${text.lead}</p>
<dl>
<div><dt>${text.purpose}</dt><dd>${text.registration}</dd></div>
<div><dt>${text.amount}</dt><dd>¥0</dd></div>
<div><dt>${text.card}</dt><dd>${BRANDS[card.brand]} <span class="last4">•••• ${card.last4}</span></dd></div>
</dl>
<form method="post" action="?locale=${language}">
<button name="outcome" value="pass" class="primary">${text.pass}</button>
<button name="outcome" value="fail">${text.fail}</button>
<button name="outcome" value="cancel" class="quiet">${text.leave}</button>
</form>
<p class="note">${text.timeLeft(Math.max(1, Math.ceil(secondsLeft / 60)))}</p>
<p class="note">${text.reference} <code>${reference}</code></p>`,
  );
}

/** Somebody came back to a page whose question is answered. */
export function endedPage(language: Language, { status, code, authentication }: Verification): string {
  const text = TEXTS[language];
  const isLate = code === 'authentication_expired';
  const outcome = isLate ? text.expired : status === 'authentication_failed' ? text.failed : text.ended;
  return page(
    language,
    isLate ? text.expiredTitle : text.endedTitle,
    html`<p>${outcome}</p>
<p><a class="button primary" href="${authentication?.returnUrl ?? '/'}">${text.back}</a></p>`,
  );
}

export function unknownPage(language: Language): string {
  const text = TEXTS[language];
  return page(language, text.unknownTitle, html`<p>${text.unknown}</p>`);
}

function page(language: Language, title: string, content: Html): string {
  const text = TEXTS[language];
  const other = language === 'ja' ? 'en' : 'ja';
  return document({
    language,
    title: `${title} — ${text.simulation}`,
    body: html`<p class="ribbon">${text.ribbon}</p>
<main>
<h1 tabindex="-1" autofocus>${title}</h1>
${content}
</main>
<footer><a href="?locale=${other}" hreflang="${other}" lang="${other}">${TEXTS[other].name}</a></footer>`,
  });
}

const BRANDS: Readonly<Record<CardBrand, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  jcb: 'JCB',
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  unknown: '',
};

interface Texts {
  readonly name: string;
  readonly simulation: string;
  readonly ribbon: string;
  readonly title: string;
  readonly lead: string;
  readonly purpose: string;
  readonly registration: string;
  readonly amount: string;
  readonly card: string;
  readonly pass: string;
  readonly fail: string;
  readonly leave: string;
  readonly timeLeft: (minutes: number) => string;
  readonly reference: string;
  readonly endedTitle: string;
  readonly ended: string;
  readonly failed: string;
  readonly expiredTitle: string;
  readonly expired: string;
  readonly back: string;
  readonly unknownTitle: string;
  readonly unknown: string;
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  ja: {
    name: '日本語',
    simulation: 'シミュレーション',
    ribbon: 'シミュレーションです。実在するカード会社の画面ではありません。',
    title: '本人認証サービス（3Dセキュア）',
    lead: 'カードを登録する方がご本人であることを確認します。認証の結果を選んでください。',
    purpose: '内容',
    registration: 'カードの登録',
    amount: '金額',
    card: 'カード',
    pass: '認証に成功する',
    fail: '認証に失敗する',
    leave: '認証せずにお店へ戻る',
    timeLeft: (minutes) => `あと約${minutes}分で時間切れになります。`,
    reference: '照会番号',
    endedTitle: '本人認証は終わっています',
    ended: 'この本人認証はすでに終わっています。もう一度行う必要はありません。',
    failed: 'この本人認証は失敗で終わっています。お店に戻ってやり直してください。',
    expiredTitle: '時間切れです',
    expired: '本人認証の期限が過ぎました。お店に戻ってやり直してください。',
    back: 'お店へ戻る',
    unknownTitle: 'ページが見つかりません',
    unknown: 'この本人認証は見つかりません。お店に戻ってやり直してください。',
  },
  en: {
    name: 'English',
    simulation: 'simulation',
    ribbon: 'This is a simulation, not the page of a real card issuer.',
    title: 'Cardholder authentication (3-D Secure)',
    lead: 'The issuer checks that it is you who saves this card. Choose how the authentication ends.',
    purpose: 'For',
    registration: 'Saving a card',
    amount: 'Amount',
    card: 'Card',
    pass: 'Pass the authentication',
    fail: 'Fail the authentication',
    leave: 'Go back without authenticating',
    timeLeft: (minutes) => `Time runs out in about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    reference: 'Reference',
    endedTitle: 'The authentication is over',
    ended: 'This authentication has already ended. Nothing more is needed here.',
    failed: 'This authentication has ended without success. Go back to the shop to try again.',
    expiredTitle: 'Time has run out',
    expired: 'The time for this authentication is over. Go back to the shop to try again.',
    back: 'Back to the shop',
    unknownTitle: 'Page not found',
    unknown: 'There is no such authentication. Go back to the shop to try again.',
  },
};
