import { createHash } from 'node:crypto';

/** SQL that is prepared once per connection, under its name; without one it is parsed anew each time. */
export interface Statement {
  readonly name: string | null;
  readonly text: string;
  /** Its first parameter is the merchant whose rows alone it reads and writes. */
  readonly isOfMerchant?: boolean;
}

/** A statement with what its parameters stand for. */
export interface FilledStatement extends Statement {
  readonly values: readonly unknown[];
}

/**
 * A statement about one merchant, which it names for each of its tables: a distributed database does not always see that one
 * row's merchant is another's. Refuses any other: those are made by `acrossMerchants`.
 */
export function statement(text: string): Statement {
  if (!NAMES_MERCHANT.test(text)) throw new Error(`A statement names no merchant: ${text.trim().slice(0, 80)}`);
  if (COMPARES_MERCHANTS.test(text))
    throw new Error(`A table has its merchant of another: ${text.trim().slice(0, 80)}`);
  return { ...unscopedStatement(text), isOfMerchant: /\bmerchant_id = \$1(?!\d)/.test(text) };
}

const NAMES_MERCHANT = /\bmerchant_id = \$\d|\bINSERT INTO \w+( AS \w+)?\s*\([^)]*\bmerchant_id\b/;

const COMPARES_MERCHANTS = /\bmerchant_id = \w+\./;

/** Named after its text, so that two texts never meet under one name, whatever releases share a connection pooler. */
export function unscopedStatement(text: string): Statement {
  return { name: `onfile_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
}
