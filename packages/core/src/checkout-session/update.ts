import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import { applyMetadataChange, checkMetadataSize, type MetadataChange } from '../metadata.js';
import type { CheckoutSessionWithIntent } from '../operations.js';
import type { Ports } from '../ports.js';
import type { Outcome } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { findCheckoutSession, withIntent } from './find.js';

/** Metadata is all that can be changed, in any status. */
export async function updateCheckoutSession(
  ports: Ports,
  call: Call,
  id: Uuid,
  metadata: MetadataChange,
): Promise<Outcome<CheckoutSessionWithIntent>> {
  const outcome = await decideAndCommit(ports, call, 'checkout_session', async () => {
    const found = await findCheckoutSession(ports, call.scope, id);
    if ('kind' in found) return found;
    const { session } = found;
    const refused = checkMetadataSize(applyMetadataChange(session.metadata, metadata));
    if (refused) return refused;

    return {
      kind: 'plan',
      changes: [
        {
          kind: 'update',
          objectType: 'checkout_session',
          id,
          expect: { version: session.version },
          patch: { metadata },
          event: { id: ports.ids.next(), type: 'checkout_session.updated' },
        },
      ],
      answerIndex: 0,
    };
  });
  return withIntent(ports, outcome);
}
