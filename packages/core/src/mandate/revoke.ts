import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Update } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { done, type Outcome } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { findMandate } from './find.js';
import type { Mandate } from './mandate.js';

/** For good: there is no way back to `active`. */
export function revokeMandate(ports: Ports, call: Call, id: Uuid): Promise<Outcome<Mandate>> {
  return decideAndCommit(ports, call, 'mandate', async () => {
    const mandate = await findMandate(ports, call.scope, id);
    if ('kind' in mandate) return mandate;
    if (mandate.status === 'inactive') return done(mandate);

    return { kind: 'plan', changes: [endMandate(ports, mandate)], answerIndex: 0 };
  });
}

export function endMandate({ ids }: Ports, { id, version }: Mandate): Update {
  return {
    kind: 'update',
    objectType: 'mandate',
    id,
    expect: { version },
    patch: { status: 'inactive' },
    event: { id: ids.next(), type: 'mandate.updated' },
  };
}
