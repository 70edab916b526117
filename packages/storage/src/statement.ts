import { createHash } from 'node:crypto';

/** SQL that is prepared once per connection, under its name; without one it is parsed anew each time. */
export interface Statement {
  readonly name: string | null;
  readonly text: string;
  /** Its first parameter is the merchant whose rows alone it reads and writes. */
  readonly isOfMerchant?: boolean;
}

/** Named after its text, so that two texts never meet under one name, whatever releases share a connection pooler. */
export function statement(text: string): Statement {
  const isOfMerchant = /\bmerchant_id = \$1(?!\d)/.test(text);
  return { isOfMerchant, name: `onfile_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
}
