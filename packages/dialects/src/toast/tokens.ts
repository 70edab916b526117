import type { ApiClient, Clock, Instant } from '@onfile/core';
import { type CryptoKey, calculateJwkThumbprint, type JWK, jwtVerify, SignJWT } from 'jose';
import { SCOPES, TOKEN_LIFETIME_MS } from './choices.js';

/** The key that signs tokens; every process that answers logins or requests needs the same one. */
export interface TokenKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The public half, as it is published. */
  readonly publicJwk: JWK;
}

export interface Token {
  readonly clientId: string;
  readonly permissions: readonly string[];
}

export interface Tokens {
  /** The token of a client that was issued at this moment: the same text each time that it is asked for. */
  issue(clientId: string, client: ApiClient, issuedAt: Instant): Promise<string>;
  /** `null` for what we did not sign, or for what has expired. */
  read(text: string): Promise<Token | null>;
  /** A JSON Web Key Set (RFC 7517). */
  keySet(): Promise<{ readonly keys: readonly JWK[] }>;
}

/** Not our address, which may change while a token is good. */
const ISSUER = 'https://onfile.invalid/';
/** Source: the example in Toast's developer guide, "Authentication". */
const AUDIENCE = 'https://toast-services-api/';
const CLAIMS = 'https://toasttab.com/';

/** JSON Web Tokens signed with RS256, whose signature is the same for the same claims: so no token has to be kept. */
export function createTokens({ key, clock }: { readonly key: TokenKey; readonly clock: Clock }): Tokens {
  const keyId = calculateJwkThumbprint(key.publicJwk);
  return {
    async issue(clientId, client, issuedAt) {
      const claims = {
        [`${CLAIMS}client_name`]: client.name ?? clientId,
        [`${CLAIMS}access_type`]: 'TOAST_MACHINE_CLIENT',
        [`${CLAIMS}management_set_guid`]: client.scope.merchantId,
        [`${CLAIMS}type`]: 'CUSTOMER',
        azp: clientId,
        scope: scopesOf(client).join(' '),
        gty: 'client-credentials',
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: await keyId })
        .setIssuer(ISSUER)
        .setSubject(`${clientId}@clients`)
        .setAudience(AUDIENCE)
        .setIssuedAt(Math.floor(issuedAt / 1_000))
        .setExpirationTime(Math.floor((issuedAt + TOKEN_LIFETIME_MS) / 1_000))
        .sign(key.privateKey);
    },

    async read(text) {
      try {
        const currentDate = new Date(clock.now());
        const expected = { algorithms: ['RS256'], issuer: ISSUER, audience: AUDIENCE, currentDate };
        const { payload } = await jwtVerify(text, key.publicKey, expected);
        const { azp, scope } = payload;
        if (typeof azp !== 'string' || typeof scope !== 'string') return null;
        return { clientId: azp, permissions: scope.split(' ') };
      } catch {
        return null;
      }
    },

    keySet: async () => ({ keys: [{ ...key.publicJwk, kid: await keyId, alg: 'RS256', use: 'sig' }] }),
  };
}

function scopesOf({ kind, permissions }: ApiClient): readonly string[] {
  const all = kind === 'secret' ? SCOPES.payment : SCOPES.iframe;
  return permissions === null ? all : all.filter((scope) => permissions.includes(scope));
}
