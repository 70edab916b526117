import type { Event } from '../event/event.js';
import { dialectNamed, tokenOf } from '../webhook-endpoint/secrets.js';
import type { WebhookPorts } from '../webhooks.js';

/** What an endpoint of this dialect would be sent; `null` where the dialect has no name for it. */
export function renderBody(
  ports: WebhookPorts,
  event: Event,
  { dialect: name, pendingCount }: { readonly dialect: string; readonly pendingCount: number },
): string | null {
  const dialect = dialectNamed(ports, name);
  if (dialect === undefined) throw new Error(`No dialect of webhooks is called ${name}`);
  if (!dialect.eventTypes.includes(event.type)) return null;
  return dialect.render(event, { pendingCount, token: tokenOf(ports, event.scope, name), vaultUrl: ports.vaultUrl() })
    .body;
}
