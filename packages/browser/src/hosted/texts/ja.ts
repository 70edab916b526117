import { TEXTS as JA_FRAME } from '../../frame/payment/texts-ja.js';
import { JA_FIELDS } from '../../frame/texts/fields-ja.js';
import type { HostedTexts } from './texts.js';

/** Not yet approved by a native reader: date and name belong here once it is. */
export const JA: HostedTexts = {
  languageName: '日本語',
  testMode: { label: 'テスト環境', note: '実際のカードは使えません。' },
  backTo: (merchant) => `${merchant}に戻る`,
  continueTo: (merchant) => `${merchant}に進む`,
  cardEndingIn: (brand, last4) => `${brand}（末尾 ${last4}）`,

  form: {
    ...JA_FIELDS.form,
    heading: 'カードの登録',
    lead: (merchant) => `${merchant}でのお支払いに使うカードを登録します。今回、請求はありません。`,
    consent: {
      off_session: (merchant) =>
        `「カードを登録する」を押すと、${merchant}がこのカードを保存し、今後のお支払い（定期的なお支払いなど、お客さまの操作がないときのものを含みます）に使うことに同意したことになります。`,
      on_session: (merchant) =>
        `「カードを登録する」を押すと、${merchant}がこのカードを保存し、今後お客さまがお支払いの操作をされるときに使うことに同意したことになります。`,
    },
    makesDefault: '今後のお支払いに、このカードを優先して使う',
    submit: 'カードを登録する',
    safety: 'カード番号は暗号化して保存します。セキュリティコードは保存しません。',
  },
  savedCards: {
    heading: (merchant) => `${merchant}に登録済みのカード`,
    goodUntil: (expiry) => `有効期限 ${expiry}`,
    isDefault: '優先',
    more: 'このほかにもあります。',
  },
  testCards: {
    heading: 'テストカード',
    use: '使う',
    outcomes: {
      saved: '本人認証のあと、登録される',
      card_declined: 'カード会社に断られる',
      expired_card: '期限切れとして断られる',
      invalid_cvc: 'セキュリティコードで断られる',
      invalid_expiry: '有効期限で断られる',
      invalid_card_data: 'カード情報で断られる',
      unsupported_brand: '使えないブランド',
      processing_error: '途中で障害が起きる',
    },
  },
  live: {
    codeHint: JA_FRAME.codeHint,
    working: JA_FRAME.working,
    workingButton: '登録しています…',
    enterCodeAgain: 'ほかの入力は残っています。セキュリティコードだけ、もう一度入力してください。',
    unreachableHeading: '通信できませんでした',
    unreachable: '接続を確かめて、もう一度ボタンを押してください。二重に登録されることはありません。',
    endsSoon: (time) =>
      `このページは ${time} に期限が切れます。それまでに登録するか、お店から、もう一度はじめからお願いします。`,
    endsSoonSeen: '閉じる',
  },
  problems: {
    count: (count) => `入力の確認 ${count} 件`,
    heading: (count) => `${count} 件の入力を確認してください`,
    ...JA_FIELDS.problems,
    enterAgain: '安全のため、カード番号とセキュリティコードはもう一度入力してください。',
  },
  declined: JA_FIELDS.declined,
  processing: {
    heading: 'カードを確認しています',
    body: '数秒かかることがあります。このページを閉じないでください。',
    stopped: '自動の確認を止めました。結果は失われません。少し待ってから、ボタンを押して確認してください。',
    checkAgain: '結果を確認する',
    stopChecking: '自動の確認を止める',
  },
  challenge: {
    heading: '本人認証をお願いします',
    body: '不正利用を防ぐため、本人認証サービス（3Dセキュア）でご本人を確認します。',
    steps: [
      'ボタンを押すと、カード会社の画面が開きます。',
      '画面の案内にそって、認証してください。',
      '終わるとこのページに戻ります。それまで画面を閉じないでください。',
    ],
    action: 'カード会社の画面に進む',
  },
  saved: {
    heading: 'カードを登録しました',
    body: (merchant) => `${merchant}での今後のお支払いに使えます。今回、請求はありません。`,
    stay: 'このページは閉じてかまいません。',
  },
  alreadyDone: {
    heading: '登録は済んでいます',
    body: (merchant) => `${merchant}でのカードの登録は、すでに完了しています。もう一度入力する必要はありません。`,
  },
  expired: {
    heading: 'このページの期限が切れました',
    body: (merchant) => `カードは登録されていません。${merchant}に戻って、もう一度はじめからお願いします。`,
  },
  canceled: {
    heading: '登録は取り消されました',
    body: (merchant) =>
      `カードは登録されていません。登録するには、${merchant}に戻って、もう一度はじめからお願いします。`,
  },
  notFound: {
    heading: 'ページが見つかりません',
    body: 'アドレスが正しいか確かめるか、お店のサイトから、もう一度開いてください。',
  },
  unavailable: {
    heading: '今は登録できません',
    reasons: {
      busy: '一時的に混み合っているか、点検中です。少し待ってから、もう一度お試しください。',
      too_many_attempts: '短い時間に多くの操作がありました。しばらく待ってから、もう一度お試しください。',
    },
    tryAgain: 'もう一度開く',
  },
};
