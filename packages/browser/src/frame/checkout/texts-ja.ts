import { JA_FIELDS } from '../texts/fields-ja.js';
import type { CheckoutTexts } from './texts.js';

const ENDING = (merchantName: string) => `この同意は、${merchantName} に申し出ればいつでも取り消せます。`;

/** Not yet approved by a native reader: date and name belong here once it is. */
export const TEXTS: CheckoutTexts = {
  form: JA_FIELDS.form,
  problems: {
    ...JA_FIELDS.problems,
    postal_code: {
      required: '郵便番号を入力してください。',
      unreadable: '郵便番号を確認してください。02118 や K1A 0B1 のような形です。',
      looks_like_card_number: '郵便番号の欄にカード番号のような数字があります。郵便番号を入力してください。',
    },
  },
  postalCode: '郵便番号（米国・カナダ）',
  postalCodeHint: 'カードの請求先住所のもの',
  card: 'カード',
  testMode: 'テスト環境です。実際のカードは使えません。',
  codeHint: { 3: '裏面の3桁', 4: '表面の4桁' },
  problemCount: (count) => `${count} 件の入力を確認してください。`,
  working: 'カード会社に確認しています。この画面を閉じずにお待ちください。',
  unreachable: '通信できませんでした。接続を確かめて、もう一度お試しください。',
  declined: {
    heading: 'カードは登録されませんでした',
    body: [
      'カード会社の承認が得られませんでした。別のカードを入力するか、カード会社にお問い合わせください。',
      '安全のため、セキュリティコードをもう一度入力してください。',
    ],
  },
  notSaved: 'カード会社の承認、または返事が得られませんでした。もう一度カードを入力してください。',
  expiring: 'この入力フォームは、あと2分で閉じます。',
  consent: {
    remember: 'このカードを保存する',
    rememberTerms: (merchantName) => `${merchantName} がこのカードを保存し、次回から選べるようになります。`,
    rememberRequired: 'カードを登録するには、ここにチェックを入れてください。',
    authorization: (merchantName) => `${merchantName} が次の条件でこのカードに請求することに同意します`,
    authorizationRequired: '条件に同意するには、ここにチェックを入れてください。',
    terms: {
      UNSCHEDULED: (merchantName) =>
        `条件：${merchantName} はこのカードを保存し、お客様との取り決めにもとづいて、その都度の確認なしに請求することがあります。${ENDING(merchantName)}`,
      INSTALLMENT: (merchantName) =>
        `条件：${merchantName} はこのカードを保存し、お客様と取り決めた総額になるまで、分割して請求することがあります。${ENDING(merchantName)}`,
      RECURRING: (merchantName) =>
        `条件：${merchantName} はこのカードを保存し、お客様との取り決めにもとづいて、どちらかが終えるまで定期的に請求することがあります。${ENDING(merchantName)}`,
    },
  },
  notices: {
    saved: { heading: 'カードは登録されています', body: 'もう一度入力する必要はありません。' },
    processing: {
      heading: 'カードを確認しています',
      body: 'カード会社の返事を待っています。もう一度入力する必要はありません。',
    },
    expired: {
      heading: '入力フォームは閉じられました',
      body: '時間切れのため、カードは登録されていません。はじめからやり直してください。',
    },
    failed: { heading: '入力フォームを表示できません', body: 'しばらく待ってから、ページを開き直してください。' },
  },
};
