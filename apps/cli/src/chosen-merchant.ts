import type { Merchant, Storage } from '@onfile/core';
import { openStorage, readConfig } from '@onfile/server';
import { CommandFault, createOutput, EXIT_CODES, type Output } from './output.js';
import { parseUuid } from './parse-uuid.js';
import { quietLog } from './quiet-log.js';

/** What commands about one merchant have in common. */
export interface MerchantOptions {
  readonly merchant?: string;
  readonly json?: boolean;
}

export async function withStorage(
  options: MerchantOptions,
  work: (storage: Storage, output: Output) => Promise<void>,
): Promise<number> {
  const opened = await openStorage(readConfig(process.env, process.cwd()), quietLog());
  try {
    await work(opened.storage, createOutput({ json: options.json ?? false }));
    return EXIT_CODES.done;
  } finally {
    await opened.close();
  }
}

/** The one that was named; without a name the only one there is. */
export async function findMerchant(storage: Storage, id: string | undefined): Promise<Merchant> {
  if (id !== undefined) {
    const merchant = await storage.loadMerchant(parseUuid(id, 'merchant'));
    if (merchant === null) throw new CommandFault(`There is no merchant ${id}`, EXIT_CODES.refused);
    return merchant;
  }
  const [first, second] = await storage.listMerchants(2);
  if (first === undefined) {
    const advice =
      'There is no merchant yet. Make one with its first key: onfile keys create --merchant-name "My shop"';
    throw new CommandFault(advice, EXIT_CODES.refused);
  }
  if (second !== undefined) {
    throw new CommandFault('There are several merchants: say which with --merchant <id>', EXIT_CODES.misused);
  }
  return first;
}
