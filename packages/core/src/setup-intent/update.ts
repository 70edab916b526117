import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { CustomerRef } from '../customer/customer.js';
import { customerRefOf, refuseMissingCustomer } from '../customer/find.js';
import { applyMetadataChange, checkMetadataSize } from '../metadata.js';
import type { SetupIntentChanges } from '../operations.js';
import { findUsableMethod } from '../payment-method/find.js';
import type { Change, Expectation, LoadedSetupIntent, Patch } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { firstRefusal, type Outcome, type Refused, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { refuseUnsavableTypes } from './create.js';
import { discardDraft } from './draft.js';
import { findSetupIntent } from './find.js';
import type { SetupIntent } from './setup-intent.js';
import { type Command, decide, guard, MOVES, patchFor } from './transitions.js';

/** One round trip when nothing stands in the way: the guard goes with the change, and only a "no" is explained by loading. */
export function updateSetupIntent(
  ports: Ports,
  call: Call,
  id: Uuid,
  changes: SetupIntentChanges,
  { expectVersion }: { readonly expectVersion?: number } = {},
): Promise<Outcome<SetupIntent>> {
  const command = commandFor(changes);
  return decideAndCommit(ports, call, 'setup_intent', async (attempt) => {
    const unsavable = refuseUnsavableTypes(changes.paymentMethodTypes);
    if (unsavable) return unsavable;
    const customer = changes.customer && (await customerRefOf(ports, call.scope, changes.customer));
    if (customer && 'kind' in customer) return customer;
    const update = { command, changes, customer };
    const needsLoad = attempt > 0 || command === 'choose_method' || expectVersion !== undefined;
    const start = needsLoad
      ? await loadedStart(ports, call, id, update, expectVersion)
      : { command, expect: guardOf(ports, command), before: [] };
    if ('kind' in start) return start;

    return {
      kind: 'plan',
      changes: updateChanges(ports, id, update, start),
      answerIndex: 0,
    };
  });
}

interface AskedUpdate {
  readonly command: Command;
  readonly changes: SetupIntentChanges;
  readonly customer: CustomerRef | null | undefined;
}

/** From which intent the change starts: known by a guard only, or loaded, with what goes together with it. */
interface Start {
  readonly command: Command;
  readonly expect: Expectation;
  readonly before: readonly Change[];
}

/** The strictest of the commands that these changes ask for. */
function commandFor(changes: SetupIntentChanges): Command {
  if (changes.paymentMethodId !== undefined) return 'choose_method';
  const { customer, usage, standingInstruction, paymentMethodTypes, threeDSecureRequest } = changes;
  const isRevised = [customer, usage, standingInstruction].some((change) => change !== undefined);
  return isRevised || (paymentMethodTypes ?? threeDSecureRequest) !== undefined ? 'revise' : 'note';
}

/** A note touches no card, so it needs no look at one. */
function guardOf({ clock }: Ports, command: Command): Expectation {
  const expectation = guard(command, { by: 'merchant', now: clock.now() });
  return command === 'note' ? expectation : { ...expectation, isPlain: true };
}

async function loadedStart(
  ports: Ports,
  { scope }: Call,
  id: Uuid,
  update: AskedUpdate,
  expectVersion: number | undefined,
): Promise<Start | Refused> {
  const loaded = await findSetupIntent(ports, scope, id);
  if ('kind' in loaded) return loaded;
  const { intent, openAttempt } = loaded;
  if (expectVersion !== undefined && expectVersion !== intent.version) return refuse('too_many_changes_at_once', {});
  const losesCard = isCardLost(intent, update);
  const command = losesCard && update.command === 'revise' ? 'start_over' : update.command;
  const refused = await refuseUpdate(ports, loaded, { ...update, command });
  if (refused) return refused;

  return { command, expect: { version: intent.version }, before: losesCard ? discardDraft(intent, openAttempt) : [] };
}

/** What was agreed to for one customer or use is not agreed to for another. */
function isCardLost({ draft, usage, customer }: SetupIntent, { changes, customer: next }: AskedUpdate): boolean {
  if (draft === null) return false;
  const isOther = next !== undefined && next?.id !== customer?.id;
  return isOther || (changes.usage ?? usage) !== usage || changes.paymentMethodId !== undefined;
}

function updateChanges(ports: Ports, id: Uuid, { changes, customer }: AskedUpdate, start: Start): Change[] {
  const { customer: _, ...rest } = changes;
  const patch: Patch<SetupIntent> = {
    ...rest,
    ...(customer !== undefined && { customer }),
    ...(start.before.length > 0 && { draft: null }),
  };
  const updated: Change = {
    kind: 'update',
    objectType: 'setup_intent',
    id,
    expect: start.expect,
    patch: patchFor(start.command, patch),
    event: { id: ports.ids.next(), type: MOVES[start.command].event },
  };
  return [updated, ...start.before, ...(customer ? [{ kind: 'require_customer', id: customer.id } as const] : [])];
}

async function refuseUpdate(
  ports: Ports,
  { intent }: LoadedSetupIntent,
  { command, changes, customer: next }: AskedUpdate,
): Promise<Refused | null> {
  const { scope } = intent;
  const moved = decide(intent, command, { by: 'merchant', now: ports.clock.now() });
  const { metadata, paymentMethodId } = changes;
  const customer = next === undefined ? intent.customer : next;
  const methodId = paymentMethodId ?? (next === undefined ? null : intent.paymentMethodId);
  const method = methodId && (await findUsableMethod(ports, scope, methodId, { customer }));

  return firstRefusal([
    moved.kind === 'refused' ? moved : null,
    metadata ? checkMetadataSize(applyMetadataChange(intent.metadata, metadata)) : null,
    await refuseMissingCustomer(ports, scope, next),
    method && 'kind' in method ? method : null,
  ]);
}
