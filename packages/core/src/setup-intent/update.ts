import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { CustomerRef } from '../customer/customer.js';
import { customerRefOf, refuseMissingCustomer } from '../customer/find.js';
import { applyMetadataChange, checkMetadataSize } from '../metadata.js';
import type { SetupIntentChanges } from '../operations.js';
import { findUsableMethod } from '../payment-method/find.js';
import type { Change, Expectation, Patch } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { firstRefusal, type Outcome, type Refused } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { refuseUnsavableTypes } from './create.js';
import { findSetupIntent } from './find.js';
import type { SetupIntent } from './setup-intent.js';
import { type Command, decide, guard, MOVES, patchFor } from './transitions.js';

/** One round trip when nothing stands in the way: the guard goes with the change, and only a "no" is explained by loading. */
export function updateSetupIntent(
  ports: Ports,
  call: Call,
  id: Uuid,
  changes: SetupIntentChanges,
): Promise<Outcome<SetupIntent>> {
  const command = commandFor(changes);
  return decideAndCommit(ports, call, 'setup_intent', async (attempt) => {
    const unsavable = refuseUnsavableTypes(changes.paymentMethodTypes);
    if (unsavable) return unsavable;
    const customer = changes.customer && (await customerRefOf(ports, call.scope, changes.customer));
    if (customer && 'kind' in customer) return customer;
    const refused =
      attempt > 0 || command === 'choose_method'
        ? await refuseUpdate(ports, call, id, { command, changes, customer })
        : null;
    if (refused) return refused;

    const now = ports.clock.now();
    return {
      kind: 'plan',
      changes: updateChanges(ports, id, {
        command,
        changes,
        customer,
        expect: guard(command, { by: 'merchant', now }),
      }),
      answer: { type: 'setup_intent', changeIndex: 0 },
    };
  });
}

/** The strictest of the commands that these changes ask for. */
function commandFor(changes: SetupIntentChanges): Command {
  if (changes.paymentMethodId !== undefined) return 'choose_method';
  const revises = changes.customer ?? changes.paymentMethodTypes ?? changes.threeDSecureRequest;
  return revises === undefined ? 'note' : 'revise';
}

function updateChanges(
  ports: Ports,
  id: Uuid,
  update: { command: Command; changes: SetupIntentChanges; customer: CustomerRef | undefined; expect: Expectation },
): Change[] {
  const { customer: _, ...rest } = update.changes;
  const patch: Patch<SetupIntent> = { ...rest, ...(update.customer && { customer: update.customer }) };
  const updated: Change = {
    kind: 'update',
    objectType: 'setup_intent',
    id,
    expect: update.expect,
    patch: patchFor(update.command, patch),
    event: { id: ports.ids.next(), type: MOVES[update.command].event },
  };
  return update.customer ? [updated, { kind: 'require_customer', id: update.customer.id }] : [updated];
}

async function refuseUpdate(
  ports: Ports,
  { scope }: Call,
  id: Uuid,
  update: { command: Command; changes: SetupIntentChanges; customer: CustomerRef | undefined },
): Promise<Refused | null> {
  const loaded = await findSetupIntent(ports, scope, id);
  if ('kind' in loaded) return loaded;
  const { intent } = loaded;
  const moved = decide(intent, update.command, { by: 'merchant', now: ports.clock.now() });
  const { metadata, paymentMethodId } = update.changes;
  const customer = update.customer ?? intent.customer;
  const method = paymentMethodId && (await findUsableMethod(ports, scope, paymentMethodId, { customer }));

  return firstRefusal([
    moved.kind === 'refused' ? moved : null,
    metadata ? checkMetadataSize(applyMetadataChange(intent.metadata, metadata)) : null,
    await refuseMissingCustomer(ports, scope, update.customer),
    method && 'kind' in method ? method : null,
  ]);
}
