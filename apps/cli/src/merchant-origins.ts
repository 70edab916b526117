import { problemOfOrigin, systemClock } from '@onfile/server';
import { findMerchant, type MerchantOptions, withStorage } from './chosen-merchant.js';
import { CommandFault, EXIT_CODES } from './output.js';

export async function listOrigins(options: MerchantOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const origins = await storage.listMerchantOrigins(merchant.id);
    if (output.isForPeople) process.stdout.write(`Origins of ${merchant.name} (${merchant.id})\n`);
    for (const origin of origins) output.result({ merchantId: merchant.id, origin }, origin);
  });
}

export async function addOrigin(origin: string, options: MerchantOptions): Promise<number> {
  const problem = problemOfOrigin(origin);
  if (problem !== null) throw new CommandFault(problem, EXIT_CODES.misused);
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const added = await storage.addMerchantOrigin(merchant.id, origin, systemClock.now());
    output.result(
      { merchantId: merchant.id, origin, added },
      added ? `Pages of ${origin} can show card forms of ${merchant.name}.` : `${origin} was registered before.`,
    );
  });
}

export async function removeOrigin(origin: string, options: MerchantOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    if (!(await storage.removeMerchantOrigin(merchant.id, origin))) {
      const advice = `${merchant.name} has no origin ${origin}. See: onfile merchants origins list`;
      throw new CommandFault(advice, EXIT_CODES.refused);
    }
    output.result(
      { merchantId: merchant.id, origin, removed: true },
      'Removed. Forms that are open stay open; new ones are not shown.',
    );
  });
}
