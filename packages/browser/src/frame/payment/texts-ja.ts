import { JA_FIELDS } from '../texts/fields-ja.js';
import type { PaymentTexts } from './texts.js';

/** Not yet approved by a native reader: date and name belong here once it is. */
export const TEXTS: PaymentTexts = {
  ...JA_FIELDS,
  testMode: 'テスト環境です。実際のカードは使えません。',
  methods: 'お支払い方法',
  card: 'カード',
  chooseMethod: 'お支払い方法を選択してください。',
  codeHint: { 3: '裏面の3桁', 4: '表面の4桁' },
  problemCount: (count) => `${count} 件の入力を確認してください。`,
  working: 'カード会社に確認しています。この画面を閉じずにお待ちください。',
  enterCodeAgain: 'もう一度入力してください。',
  unreachable: '通信できませんでした。接続を確かめて、もう一度お試しください。',
  notices: {
    requires_action: {
      heading: '本人認証が途中です',
      body: '入力したカードの本人認証サービス（3Dセキュア）が、まだ終わっていません。続けるとカード会社の画面が開きます。',
    },
    processing: {
      heading: 'カードを確認しています',
      body: 'カード会社の返事を待っています。もう一度入力する必要はありません。',
    },
    succeeded: { heading: 'カードは登録されています', body: 'もう一度入力する必要はありません。' },
    canceled: { heading: '登録は取り消されました', body: 'カードは登録されていません。はじめからやり直してください。' },
    failed: { heading: '入力フォームを表示できません', body: 'しばらく待ってから、ページを開き直してください。' },
  },
};
