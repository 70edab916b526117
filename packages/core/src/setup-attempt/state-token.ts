import type { Ports } from '../ports.js';
import type { Mode, Scope, Uuid } from '../scope.js';

const TOKEN = /^([0-9a-f]{32})([lt])([0-9a-f]{32})([0-9A-Za-z]{43})$/;

/** What the cardholder's browser brings back from authenticating: it names the attempt, and nobody but us can make one. */
export function stateTokenOf(
  { derivedSecrets }: Ports,
  { scope, id }: { readonly scope: Scope; readonly id: Uuid },
): string {
  const secret = derivedSecrets.derive('authentication-state', scope, id);
  return `${bare(scope.merchantId)}${scope.mode === 'live' ? 'l' : 't'}${bare(id)}${secret}`;
}

/** The attempt that a token names; `null` for one that we did not make. */
export function attemptNamedBy(
  { derivedSecrets }: Ports,
  token: string,
): { readonly scope: Scope; readonly id: Uuid } | null {
  const [, merchant, mode, attempt, secret] = TOKEN.exec(token) ?? [];
  if (!merchant || !attempt || !secret) return null;

  const scope = { merchantId: hyphenated(merchant), mode: (mode === 'l' ? 'live' : 'test') as Mode };
  const id = hyphenated(attempt);
  return derivedSecrets.matches(secret, 'authentication-state', scope, id) ? { scope, id } : null;
}

function bare(id: Uuid): string {
  return id.replaceAll('-', '');
}

function hyphenated(hex: string): Uuid {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Uuid;
}
