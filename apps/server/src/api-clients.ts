import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiClient, ApiKeyKind, Clock, Ids, Mode, Storage, Uuid } from '@onfile/core';
import { encodeBase62, uuidText } from './api-keys.js';

const CLIENT_ID = /^([0-9a-v]{26})([0-9a-v]{26})$/;
const SECRET_BYTES = 32;
const SECRET_LENGTH = 43;
const NO_DIGEST = new Uint8Array(32);

/**
 * Makes a client and stores its secret's digest. A client's id names its merchant and itself, as a key's text does, so that
 * it is found by primary key; the secret, of 256 random bits in base62, is answered once and kept nowhere.
 */
export async function issueApiClient(
  {
    storage,
    clock,
    ids,
  }: { readonly storage: Pick<Storage, 'insertApiClient'>; readonly clock: Clock; readonly ids: Ids },
  client: {
    readonly merchantId: Uuid;
    readonly mode: Mode;
    readonly kind: ApiKeyKind;
    readonly name: string | null;
    /** All that its kind may, unless given. */
    readonly permissions?: readonly string[];
  },
): Promise<{ readonly id: Uuid; readonly clientId: string; readonly clientSecret: string }> {
  const { merchantId, mode, kind, name, permissions = null } = client;
  const id = ids.next();
  const clientSecret = encodeBase62(randomBytes(SECRET_BYTES), SECRET_LENGTH);
  const scope = { merchantId, mode };
  const kept = { digest: digestOf(clientSecret), tokenIssuedAt: null, createdAt: clock.now(), revokedAt: null };
  await storage.insertApiClient({ id, scope, kind, name, permissions, ...kept });
  return { id, clientId: renderClientId({ id, scope }), clientSecret };
}

export function renderClientId({ id, scope }: Pick<ApiClient, 'id' | 'scope'>): string {
  return uuidText.encode(scope.merchantId) + uuidText.encode(id);
}

/** `null` for a text that we cannot have made. */
export function parseClientId(text: string): { readonly merchantId: Uuid; readonly id: Uuid } | null {
  const [, merchant, own] = CLIENT_ID.exec(text) ?? [];
  const merchantId = merchant ? uuidText.decode(merchant) : null;
  const id = own ? uuidText.decode(own) : null;
  return merchantId && id && { merchantId, id };
}

/** Takes as long without a client as with one. */
export function isClientSecret(client: ApiClient | null, candidate: string): boolean {
  return timingSafeEqual(digestOf(candidate), client?.digest ?? NO_DIGEST) && client !== null;
}

function digestOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
