import type { AddressTexts } from './texts.js';

/** Not yet approved by a native reader: date and name belong here once it is. */
export const TEXTS: AddressTexts = {
  problemCount: (count) => `${count} 件の入力を確認してください。`,

  labels: {
    country: '国・地域',
    name: '氏名',
    zip: '郵便番号',
    state: '都道府県',
    city: '市区町村',
    line1: '番地',
    line2: '建物名・部屋番号',
    phone: '電話番号',
  },
  optional: '任意',
  required: (label) => `${label}を入力してください。`,
  zipUnreadable: '郵便番号は、7桁の数字で入力してください（例：100-0001）。',
  phoneUnreadable: '電話番号を確かめてください（例：090-1234-5678）。',
  looksLikeCardNumber: (label) => `${label}に、カード番号のような数字があります。${label}を入力してください。`,
};
