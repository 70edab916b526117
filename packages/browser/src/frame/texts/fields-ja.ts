import type { FieldTexts } from './fields.js';

const CHECK_DETAILS =
  'カード会社に確認できませんでした。カード番号、有効期限、セキュリティコードを確かめて、もう一度入力してください。';

/** Not yet approved by a native reader: date and name belong here once it is. */
export const JA_FIELDS: FieldTexts = {
  form: {
    labels: {
      card_number: 'カード番号',
      card_expiry: '有効期限',
      card_cvc: 'セキュリティコード',
      card_name: 'カード名義（ローマ字）',
      email: 'メールアドレス',
      phone: '電話番号',
    },
    hints: {
      card_expiry: '月 / 年（例：12\u00a0/\u00a034）',
      card_cvc: '裏面の3桁（American Express は表面の4桁）',
      card_name: 'カードに書かれているとおりに入力してください',
    },
    contactLegend: 'ご連絡先',
    contactReason: '本人認証に必要です。メールアドレスか電話番号の、どちらかを入力してください。',
    authentication:
      'このあと、本人認証サービス（3Dセキュア）のためカード会社の画面が開くことがあります。登録が終わるまで、閉じずにお待ちください。',
  },
  problems: {
    card_number: {
      required: 'カード番号を入力してください。',
      not_digits: 'カード番号は数字で入力してください。',
      too_short: 'カード番号の桁数が足りません。カードを見て、すべて入力してください。',
      too_long: 'カード番号の桁数が多すぎます。カードを見て、確かめてください。',
      mistyped: 'カード番号に誤りがあります。カードを見て、確かめてください。',
      card_brand_unsupported: 'このブランドのカードは登録できません。別のカードを入力してください。',
      test_card_in_live_mode: 'テスト用のカード番号です。実際のカードの番号を入力してください。',
      live_card_in_test_mode: 'ここはテスト環境です。テスト用のカード番号を入力してください。',
    },
    card_expiry: {
      required: '有効期限を入力してください。',
      unreadable: '有効期限は、月 / 年 の順に入力してください（例：12\u00a0/\u00a034）。',
      no_such_month: '有効期限の月は、01 から 12 で入力してください。',
      past: '有効期限が過ぎています。日付を確かめるか、別のカードを入力してください。',
      too_far: '有効期限が先の日付すぎます。カードを見て、確かめてください。',
    },
    card_cvc: {
      required: 'セキュリティコードを入力してください。',
      not_digits: 'セキュリティコードは数字で入力してください。',
      wrong_length: 'セキュリティコードの桁数を確かめてください。',
    },
    card_name: {
      required: 'カード名義を入力してください。',
      not_latin: 'カード名義は、カードに書かれているローマ字で入力してください（例：TARO YAMADA）。',
      looks_like_card_number: 'カード名義に、カード番号のような数字があります。お名前を入力してください。',
      too_long: 'カード名義は、45 文字までで入力してください。',
      unreadable: 'カード名義は、カードに書かれている文字で入力してください（例：TARO YAMADA）。',
    },
    email: {
      required: 'メールアドレスか電話番号の、どちらかを入力してください。',
      unreadable: 'メールアドレスを確かめてください（例：taro@example.jp）。',
      looks_like_card_number: 'メールアドレスに、カード番号のような数字があります。メールアドレスを入力してください。',
    },
    phone: {
      unreadable: '電話番号を確かめてください（例：090-1234-5678）。',
      looks_like_card_number: '電話番号に、カード番号のような数字があります。電話番号を入力してください。',
    },
  },
  declined: {
    heading: 'カードを登録できませんでした',
    reasons: {
      card_declined: 'カード会社の承認が得られませんでした。別のカードを入力するか、カード会社にお問い合わせください。',
      expired_card: CHECK_DETAILS,
      invalid_cvc: CHECK_DETAILS,
      invalid_expiry: CHECK_DETAILS,
      invalid_card_data: CHECK_DETAILS,
      unsupported_brand: 'このブランドのカードは登録できません。別のカードを入力してください。',
      processing_error: 'カード会社との通信で問題が起きました。少し待ってから、もう一度お試しください。',
      authentication_failed:
        '本人認証（3Dセキュア）が完了しませんでした。もう一度お試しになるか、別のカードを入力してください。',
      authentication_abandoned: '本人認証（3Dセキュア）が時間内に終わりませんでした。もう一度お試しください。',
      not_processed: 'カード会社に確認できませんでした。もう一度お試しください。',
    },
  },
};
