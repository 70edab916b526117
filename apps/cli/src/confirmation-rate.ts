import { CONFIRMATION_LIMITS, type Merchant, type Mode, type Rate, type Storage } from '@onfile/core';
import { createLog, systemClock } from '@onfile/server';
import { findMerchant, type MerchantOptions, withStorage } from './chosen-merchant.js';
import { parseCount } from './parse-count.js';

interface RateOptions extends MerchantOptions {
  readonly mode: Mode;
}

const PER_HOUR_MAX = 999_999;

export async function showRate(options: RateOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const { merchant, rate } = await findRate(storage, options);
    output.result(
      { merchantId: merchant.id, mode: options.mode, ...rate },
      rate === null ? `${merchant.name} has the installation's rate.` : `${merchant.name}: ${describe(rate)}.`,
    );
  });
}

/** What lets more through than before is written to the log, as a warning. */
export async function setRate(options: RateOptions & { perHour: string; burst: string }): Promise<number> {
  const rate: Rate = {
    perHour: parseCount(options.perHour, '--per-hour', { least: 1, most: PER_HOUR_MAX }),
    burst: parseCount(options.burst, '--burst', { least: 1, most: PER_HOUR_MAX }),
  };
  return withStorage(options, async (storage, output) => {
    const { merchant, scope, rate: before } = await findRate(storage, options);
    await storage.saveConfirmationRate(scope, rate, systemClock.now());
    const { perHour, burst } = before ?? CONFIRMATION_LIMITS.perMerchant;
    if (rate.perHour > perHour || rate.burst > burst) warnOfLoosening(merchant, options.mode, rate);
    output.result(
      { merchantId: merchant.id, mode: options.mode, ...rate },
      `${merchant.name} may confirm ${describe(rate)} from now on.`,
    );
  });
}

export async function resetRate(options: RateOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const { merchant, scope } = await findRate(storage, options);
    await storage.saveConfirmationRate(scope, null, systemClock.now());
    output.result(
      { merchantId: merchant.id, mode: options.mode },
      `${merchant.name} has the installation's rate again.`,
    );
  });
}

async function findRate(storage: Storage, { merchant: id, mode }: RateOptions) {
  const merchant = await findMerchant(storage, id);
  const scope = { merchantId: merchant.id, mode };
  return { merchant, scope, rate: await storage.loadConfirmationRate(scope) };
}

function warnOfLoosening({ id }: Merchant, mode: Mode, { perHour, burst }: Rate): void {
  const log = createLog({ level: 'warn', format: 'json', writeLine: (line) => process.stderr.write(line) });
  log.write('limits.loosened', { merchantId: id, mode, perHour, burst });
}

function describe({ perHour, burst }: Rate): string {
  return `${perHour} an hour, ${burst} at once`;
}
