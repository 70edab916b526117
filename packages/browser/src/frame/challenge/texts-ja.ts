import { JA_FIELDS } from '../texts/fields-ja.js';
import type { ChallengeTexts } from './texts.js';

/** Not yet approved by a native reader: date and name belong here once it is. */
export const TEXTS: ChallengeTexts = {
  heading: '本人認証サービス（3Dセキュア）',
  lead: 'カード会社がご本人であることを確認します。終わると、この画面は自動で閉じます。',
  bankFrame: 'カード会社の画面',
  close: '閉じる',
  openAgain: 'カード会社の画面を開き直す',
  notices: {
    unfinished: '本人認証はまだ終わっていません。',
    offline: '通信できません。つながり次第、続けます。',
    checking: 'カード会社の返事を待っています。',
    stopping: '中止しています。しばらくお待ちください。',
  },
  ask: {
    heading: '本人認証を中止しますか？',
    body: '中止すると、カードは登録されません。',
    stay: '本人認証を続ける',
    stop: '中止する',
  },
  reasons: JA_FIELDS.declined.reasons,
};
