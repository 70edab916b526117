import { HEADERS_EVERYWHERE } from '@onfile/browser';

/** On everything that we answer. The content policy is that of data, which loads nothing; pages bring their own in its place. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  ...HEADERS_EVERYWHERE,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
});
