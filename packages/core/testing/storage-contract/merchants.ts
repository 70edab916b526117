import { describe, expect, test } from 'vitest';
import type { ApiClient, ApiKey, LogoImage, Uuid, WrappedMerchantKey } from '../../src/index.js';
import { NO_BRANDING } from '../../src/index.js';
import { NOON } from '../builders.js';
import { aConfiguration, FIRST_PAGE, itemsOf, type World } from './world.js';

export function merchantCases(world: () => World): void {
  describe('a merchant', () => {
    test('is created with a configuration for each mode, and once', async () => {
      const { storage, next } = world();
      const merchant = { id: next(), name: 'カフェ “Onfile” 🐟', createdAt: NOON };
      const test = { merchantId: merchant.id, mode: 'test' } as const;
      const live = { merchantId: merchant.id, mode: 'live' } as const;
      const configurations = [aConfiguration({ id: next(), scope: test }), aConfiguration({ id: next(), scope: live })];
      await storage.createMerchant(merchant, configurations);
      await storage.createMerchant({ ...merchant, name: 'again' }, [aConfiguration({ id: next(), scope: test })]);

      expect(await storage.loadMerchant(merchant.id)).toEqual(merchant);
      expect(await storage.loadMerchant(next())).toBeNull();
      const [first] = await storage.listMerchants(1);
      expect(first).toEqual(merchant);
      for (const [i, scope] of [test, live].entries()) {
        const page = await storage.listPaymentMethodConfigurations(scope, FIRST_PAGE);
        expect(itemsOf(page)).toEqual([configurations[i]]);
      }
    });

    // biome-ignore format: a table
    const configurations = [
      // what the configuration is                                                        cards are available
      [{},                                                                                true],
      [{ preferences: { card: 'on',   apple_pay: 'off', paypay: 'off' } },                true],
      [{ preferences: { card: 'none', apple_pay: 'on',  paypay: 'on' } },                 true],
      [{ preferences: { card: 'off',  apple_pay: 'on',  paypay: 'on' } },                 false],
      [{ active: false },                                                                 false],
    ] as const;
    for (const [parts, isAvailable] of configurations) {
      test(`whose configuration is ${JSON.stringify(parts)} has cards ${isAvailable ? 'on' : 'off'}`, async () => {
        const w = world();
        const scope = { merchantId: w.next(), mode: 'test' } as const;
        const merchant = { id: scope.merchantId, name: 'A shop', createdAt: NOON };
        await w.storage.createMerchant(merchant, [aConfiguration({ id: w.next(), scope, ...parts })]);
        expect(await w.storage.areCardsAvailable(scope)).toBe(isAvailable);
        expect(await w.storage.areCardsAvailable({ ...scope, mode: 'live' })).toBe(false);
        const result = await w.commit(scope, [{ kind: 'require_cards_available' }]);
        expect(result.kind).toBe(isAvailable ? 'committed' : 'stale');
      });
    }

    test('has API keys, which are revoked once and for all', async () => {
      const { storage, next } = world();
      const merchantId = next();
      const key = (parts: Partial<ApiKey>): ApiKey => ({
        id: next(),
        scope: { merchantId, mode: 'test' },
        kind: 'secret',
        name: null,
        digest: new Uint8Array([0, 1, 254, 255]),
        createdAt: NOON,
        revokedAt: null,
        ...parts,
      });
      const older = key({});
      const newer = key({ scope: { merchantId, mode: 'live' }, kind: 'public', name: 'shop 店' });
      await storage.insertApiKey(older);
      await storage.insertApiKey(newer);
      expect(await storage.loadApiKey(merchantId, newer.id)).toEqual(newer);
      expect(await storage.loadApiKey(next(), newer.id)).toBeNull();
      expect(await storage.listApiKeys(merchantId)).toEqual([newer, older]);

      expect(await storage.revokeApiKey(merchantId, older.id, NOON + 1)).toBe(true);
      expect(await storage.revokeApiKey(merchantId, older.id, NOON + 9)).toBe(true);
      expect(await storage.revokeApiKey(next(), newer.id, NOON)).toBe(false);
      expect(await storage.listApiKeys(merchantId)).toEqual([newer, { ...older, revokedAt: NOON + 1 }]);
    });

    test('has origins of its own, each registered once', async () => {
      const { storage, next } = world();
      const merchantId = next();
      const other = next();
      expect(await storage.listMerchantOrigins(merchantId)).toEqual([]);
      expect(await storage.addMerchantOrigin(merchantId, 'https://shop.example', NOON)).toBe(true);
      expect(await storage.addMerchantOrigin(merchantId, 'https://Z.example', NOON)).toBe(true);
      expect(await storage.addMerchantOrigin(merchantId, 'https://shop.example', NOON + 1)).toBe(false);
      expect(await storage.addMerchantOrigin(other, 'https://shop.example', NOON)).toBe(true);
      expect(await storage.listMerchantOrigins(merchantId)).toEqual(['https://Z.example', 'https://shop.example']);

      expect(await storage.removeMerchantOrigin(merchantId, 'https://shop.example')).toBe(true);
      expect(await storage.removeMerchantOrigin(merchantId, 'https://shop.example')).toBe(false);
      expect(await storage.listMerchantOrigins(merchantId)).toEqual(['https://Z.example']);
      expect(await storage.listMerchantOrigins(other)).toEqual(['https://shop.example']);
    });

    test('has a look of its own, whose settings and logo change apart from one another', async () => {
      const { storage, next } = world();
      const merchantId = next();
      const none = { ...NO_BRANDING, merchantId, logo: null };
      expect(await storage.loadBranding(merchantId)).toEqual(none);

      const settings = { ...NO_BRANDING, displayName: '喫茶ひだまり', accent: '#0b6b4f', radius: 0 } as const;
      await storage.saveBranding(merchantId, settings, NOON);
      const image: LogoImage = { format: 'png', width: 64, height: 32, bytes: new Uint8Array([0, 1, 254, 255]) };
      const logo = await storage.saveLogo(merchantId, image, NOON);
      expect(logo).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), format: 'png', width: 64, height: 32 });
      expect(await storage.loadBranding(merchantId)).toEqual({ ...none, ...settings, logo });
      expect(await storage.loadLogo(merchantId, logo?.digest ?? '')).toEqual(image);
      expect(await storage.loadLogo(merchantId, 'ff')).toBeNull();
      expect(await storage.loadLogo(next(), logo?.digest ?? '')).toBeNull();

      await storage.saveBranding(merchantId, NO_BRANDING, NOON + 1);
      expect(await storage.loadBranding(merchantId)).toEqual({ ...none, logo });
      expect(await storage.saveLogo(merchantId, null, NOON + 1)).toBeNull();
      expect(await storage.loadBranding(merchantId)).toEqual(none);
      expect(await storage.loadLogo(merchantId, logo?.digest ?? '')).toBeNull();
    });

    test('has API clients, which are revoked once and for all', async () => {
      const { storage, next } = world();
      const merchantId = next();
      const client: ApiClient = {
        id: next(),
        scope: { merchantId, mode: 'test' },
        kind: 'public',
        name: 'shop 店',
        permissions: ['setup_intents:read', 'customers:read'],
        digest: new Uint8Array([0, 1, 254, 255]),
        tokenIssuedAt: null,
        createdAt: NOON,
        revokedAt: null,
      };
      await storage.insertApiClient(client);
      expect(await storage.loadApiClient(merchantId, client.id)).toEqual(client);
      expect(await storage.loadApiClient(next(), client.id)).toBeNull();

      expect(await storage.revokeApiClient(merchantId, client.id, NOON + 1)).toBe(true);
      expect(await storage.revokeApiClient(merchantId, client.id, NOON + 9)).toBe(true);
      expect(await storage.revokeApiClient(next(), client.id, NOON)).toBe(false);
      expect(await storage.listApiClients(merchantId)).toEqual([{ ...client, revokedAt: NOON + 1 }]);
    });

    test("has one token of a client at a time, whoever asks for it, until that one's time is nearly up", async () => {
      const { storage, next } = world();
      const merchantId = next();
      const id = next();
      const kept = {
        kind: 'secret',
        name: null,
        permissions: null,
        digest: new Uint8Array([1]),
        tokenIssuedAt: null,
      } as const;
      const scope = { merchantId, mode: 'test' } as const;
      await storage.insertApiClient({ ...kept, id, scope, createdAt: NOON, revokedAt: null });
      const askAt = (now: number) => storage.renewToken(merchantId, id, { issuedAt: now, unlessAfter: now - 100 });

      const first = await Promise.all(Array.from({ length: 8 }, (_, each) => askAt(NOON + each)));
      expect(new Set(first).size).toBe(1);
      const issuedAt = first[0] as number;
      expect(await askAt(issuedAt + 99)).toBe(issuedAt);
      expect(await askAt(issuedAt + 100)).toBe(issuedAt + 100);
      expect(await storage.renewToken(next(), id, { issuedAt: NOON, unlessAfter: NOON })).toBeNull();
    });

    test('has one vault key of each version, whoever inserts it first', async () => {
      const { storage, next } = world();
      const merchantId = next();
      const key = (version: number, seed: number): WrappedMerchantKey => ({
        merchantId,
        id: next(),
        version,
        state: 'active',
        wrapped: new Uint8Array([seed, 0, 255]),
        createdAt: NOON,
      });
      expect(await storage.loadMerchantKeys(merchantId)).toEqual([]);
      const rivals = Array.from({ length: 8 }, (_, seed) => key(1, seed));
      const answers = await Promise.all(rivals.map((rival) => storage.insertMerchantKey(rival)));
      const winner = answers[0] as WrappedMerchantKey;
      expect(rivals).toContainEqual(winner);
      for (const answer of answers) expect(answer).toEqual(winner);

      const second = key(2, 9);
      expect(await storage.insertMerchantKey(second)).toEqual(second);
      expect(await storage.loadMerchantKeys(merchantId)).toEqual([second, winner]);
      expect(await storage.loadMerchantKeys(next() as Uuid)).toEqual([]);

      const some = (await storage.findMerchantKey()) as WrappedMerchantKey;
      expect(await storage.loadMerchantKeys(some.merchantId)).toContainEqual(some);
    });
  });
}
