import { createHmac, createSecretKey } from 'node:crypto';
import type { WebhookRequest } from '@onfile/core';

/**
 * The headers that every delivery has. The signature is over the id, the moment and the exact bytes of the body, once for
 * each live secret. Source: Standard Webhooks specification 1.0.0, "Webhook Headers" and "Signature scheme".
 */
export function signedHeaders(
  { id, sentAt, secrets }: Pick<WebhookRequest, 'id' | 'sentAt' | 'secrets'>,
  body: Uint8Array,
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt / 1_000));
  const signatures = secrets.map((secret) => `v1,${signature(secret, `${id}.${timestamp}.`, body)}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

const PREFIX = 'whsec_';

function signature(secret: string, head: string, body: Uint8Array): string {
  if (!secret.startsWith(PREFIX)) throw new Error(`A signing secret begins with ${PREFIX}`);
  const key = createSecretKey(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(head).update(body).digest('base64');
}
