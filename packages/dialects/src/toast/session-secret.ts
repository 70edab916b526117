import type { Operations, Scope, SetupIntent, Uuid } from '@onfile/core';

/**
 * `SI_`, the intent's id without hyphens, `_SECRET_`, and the domain's client secret: letters and digits, 43 of them. The
 * examples in Toast's guide have shorter tails; callers must treat it as opaque.
 */
const SESSION_SECRET = /^SI_([0-9a-f]{32})_SECRET_([A-Za-z0-9]{43})$/;

export function renderSessionSecret({ setupIntents }: Operations, intent: SetupIntent): string {
  return `SI_${intent.id.replaceAll('-', '')}_SECRET_${setupIntents.clientSecret(intent)}`;
}

/** The intent that a secret was made for, in this scope; `null` when we made it for none. */
export function intentOfSecret(candidate: string, scope: Scope, { setupIntents }: Operations): Uuid | null {
  const [, hex = '', secret = ''] = SESSION_SECRET.exec(candidate) ?? [];
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Uuid;
  return hex !== '' && setupIntents.isClientSecret(secret, scope, id) ? id : null;
}
