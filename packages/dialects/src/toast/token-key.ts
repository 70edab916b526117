import { createPublicKey } from 'node:crypto';
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, importSPKI } from 'jose';
import type { TokenKey } from './tokens.js';

const ALGORITHM = 'RS256';
const MODULUS_BITS = 2_048;

/** A new key as PKCS #8 in PEM: the form in which {@link importTokenKey} takes it. */
export async function generateTokenKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
  return exportPKCS8(privateKey);
}

/** Rejects what is no RSA key. The private half cannot be exported again. */
export async function importTokenKey(pem: string): Promise<TokenKey> {
  const publicPem = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
  const publicKey = await importSPKI(publicPem, ALGORITHM, { extractable: true });
  return { privateKey: await importPKCS8(pem, ALGORITHM), publicKey, publicJwk: await exportJWK(publicKey) };
}
