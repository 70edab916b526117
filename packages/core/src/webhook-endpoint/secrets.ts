import type { WebhookDialect } from '../ports/webhook-dialect.js';
import type { Scope } from '../scope.js';
import type { WebhookPorts } from '../webhooks.js';
import { renderSigningSecret, type WebhookEndpoint, type WebhookSecret } from './webhook-endpoint.js';

type Ports = Pick<WebhookPorts, 'derivedSecrets' | 'dialects'>;

/** In the form in which receivers configure it. */
export function signingSecret({ derivedSecrets }: Ports, scope: Scope, { id }: WebhookSecret): string {
  return renderSigningSecret(derivedSecrets.derive('webhook-signature', scope, id));
}

/** The same for all endpoints of a merchant in a mode: that is what a static token of an account is. */
export function tokenOf({ derivedSecrets, dialects }: Ports, scope: Scope, name: string): string | null {
  return (
    dialectNamed({ dialects }, name)?.renderToken(derivedSecrets.derive('webhook-token', scope, scope.merchantId)) ??
    null
  );
}

export function dialectNamed({ dialects }: Pick<Ports, 'dialects'>, name: string): WebhookDialect | undefined {
  return dialects.find((each) => each.name === name);
}

export function withSecret(ports: Ports, endpoint: WebhookEndpoint) {
  const { scope, dialect, secrets } = endpoint;
  const [newest] = secrets;
  if (newest === undefined) throw new Error(`Endpoint ${endpoint.id} has no secret`);
  return { endpoint, secret: signingSecret(ports, scope, newest), token: tokenOf(ports, scope, dialect) };
}
