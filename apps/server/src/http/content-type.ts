import type { IncomingMessage } from 'node:http';

/** What a request says of its body. */
export interface ContentType {
  /** In lower case, such as `application/json`; `null` when it says nothing. */
  readonly mediaType: string | null;
  /** Whether we can read it as it is: UTF-8, not compressed. */
  readonly isPlainUtf8: boolean;
}

const MEDIA_TYPE = /^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)\s*(?:;(.*))?$/;
const CHARSET = /^\s*charset\s*=\s*"?([^";\s]*)"?\s*$/i;

const PLAIN_JSON: ContentType = { mediaType: 'application/json', isPlainUtf8: true };

export function readContentType({ headers }: Pick<IncomingMessage, 'headers'>): ContentType {
  // As nearly all callers send it.
  if (headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined) return PLAIN_JSON;
  const [, mediaType = null, parameters = ''] = MEDIA_TYPE.exec(headers['content-type'] ?? '') ?? [];
  const charsets = parameters.split(';').flatMap((parameter) => CHARSET.exec(parameter)?.[1] ?? []);
  const encoding = headers['content-encoding'] ?? 'identity';
  return {
    mediaType: mediaType?.toLowerCase() ?? null,
    isPlainUtf8: charsets.every((charset) => /^utf-?8$/i.test(charset)) && encoding.toLowerCase() === 'identity',
  };
}
