import type { ApiKeyKind, Clock, Ids, Merchant, Mode, PaymentMethodConfiguration, Storage, Uuid } from '@onfile/core';
import { makeApiKey } from './api-keys.js';

interface MerchantPorts {
  readonly storage: Pick<Storage, 'createMerchant' | 'insertApiKey'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Creates a merchant, with a payment method configuration for each mode. */
export async function createMerchant({ storage, clock, ids }: MerchantPorts, name: string): Promise<Merchant> {
  const createdAt = clock.now();
  const merchant: Merchant = { id: ids.next(), name, createdAt };
  const configurations = (['test', 'live'] as const).map(
    (mode): PaymentMethodConfiguration => ({
      id: ids.next(),
      scope: { merchantId: merchant.id, mode },
      version: 0,
      active: true,
      name: null,
      preferences: { card: 'none', paypay: 'none', apple_pay: 'none' },
      createdAt,
      updatedAt: createdAt,
    }),
  );
  await storage.createMerchant(merchant, configurations);
  return merchant;
}

/** Makes a key and stores its digest. The text is answered once and kept nowhere. */
export async function issueApiKey(
  { storage, clock, ids }: MerchantPorts,
  key: { readonly merchantId: Uuid; readonly mode: Mode; readonly kind: ApiKeyKind; readonly name: string | null },
): Promise<{ readonly id: Uuid; readonly text: string }> {
  const { merchantId, mode, kind, name } = key;
  const made = makeApiKey({ id: ids.next(), scope: { merchantId, mode }, kind, name, createdAt: clock.now() });
  await storage.insertApiKey(made.apiKey);
  return { id: made.apiKey.id, text: made.text };
}
