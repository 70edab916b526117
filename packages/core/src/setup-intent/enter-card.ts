import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import { limitEnteredCard } from '../limits/limit-confirmation.js';
import type { CardEntry } from '../operations.js';
import type { MethodUsage } from '../payment-method/payment-method.js';
import type { Change, LoadedSetupIntent } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { firstRefusal, type Outcome, type Refused, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { discardDraft } from './draft.js';
import { findSetupIntent } from './find.js';
import { type MethodAtHand, sealEnteredCard } from './method-at-hand.js';
import type { IntentDraft, SetupIntent } from './setup-intent.js';
import { decide, type Moved } from './transitions.js';

/**
 * Seals a card for an intent that will be confirmed later, in another request. The consent is that of this moment. The
 * security code waits in the vault's memory for the attempt, for as long as the vault holds codes; a confirmation that
 * comes later, or at another process, is verified without it.
 */
export async function enterCard(ports: Ports, call: Call, id: Uuid, entry: CardEntry): Promise<Outcome<SetupIntent>> {
  const attemptId = ports.ids.next();
  // A reference is good for one seal, and a decision may be made more than once.
  let sealing: ReturnType<typeof sealEnteredCard> | undefined;
  const drafts: { made: IntentDraft | null; replaced: IntentDraft | null } = { made: null, replaced: null };
  const outcome = await decideAndCommit(ports, call, 'setup_intent', async () => {
    const loaded = await findSetupIntent(ports, call.scope, id);
    if ('kind' in loaded) return loaded;
    const { intent } = loaded;
    const moved = decide(intent, 'enter_card', { by: entry.by, now: ports.clock.now() });
    const usage = usageFor(intent, entry.usage);
    const isRawLiveCard = entry.by === 'merchant' && call.scope.mode === 'live';
    const refused = firstRefusal([
      moved.kind === 'refused' ? moved : null,
      isRawLiveCard ? refuse('raw_card_in_live_mode', {}) : null,
      refuseUsage(intent, usage),
    ]);
    if (refused) return refused;

    sealing ??= sealEnteredCard(ports, call, entry.card, attemptId);
    const entered = await sealing;
    if (entered.kind === 'refused') return entered;
    const draft = draftOf(ports, call, entry, { entered, attemptId, usage });
    const changes = [
      ...keepDraft(ports, loaded, { moved: moved as Moved, entered, draft }),
      ...limitEnteredCard(ports, call, entered),
    ];
    drafts.made = draft;
    drafts.replaced = intent.draft;
    return { kind: 'plan', changes, answerIndex: 0 };
  });

  // Under a used idempotency key the answer is an earlier one, about an earlier card.
  const isKept = outcome.kind === 'done' && outcome.value.draft?.attemptId === attemptId;
  const unused = isKept ? drafts.replaced : drafts.made;
  // The vault has room for so many codes only.
  if (unused !== null) ports.vault.forgetCode({ scope: call.scope, ...idsOf(unused) });
  return outcome;
}

function idsOf({ paymentMethodId, attemptId }: IntentDraft) {
  return { paymentMethodId, attemptId };
}

/** Who entered a card for the merchant's use and said no more agreed to that use; any other use has to be agreed to. */
function usageFor({ usage: intentUsage }: SetupIntent, usage: MethodUsage | null): MethodUsage | null {
  return intentUsage === 'off_session' ? (usage ?? 'off_session') : usage;
}

function refuseUsage({ usage: intentUsage, customer }: SetupIntent, usage: MethodUsage | null): Refused | null {
  const isOffered = {
    on_session: usage === null || usage === 'on_session',
    off_session: usage === 'off_session' || (usage === 'on_and_off_session' && customer !== null),
  };
  return isOffered[intentUsage]
    ? null
    : refuse('payment_method_usage_mismatch', { intentUsage, usage: usage ?? 'none' });
}

function draftOf(
  { clock }: Ports,
  { client }: Call,
  { consent }: CardEntry,
  { entered, attemptId, usage }: { entered: MethodAtHand; attemptId: Uuid; usage: MethodUsage | null },
): IntentDraft {
  return {
    paymentMethodId: entered.paymentMethod.id,
    attemptId,
    usage,
    card: entered.paymentMethod.card,
    consent: { acceptedAt: clock.now(), clientAddress: client.address, userAgent: client.userAgent, ...consent },
  };
}

function keepDraft(
  { ids }: Ports,
  { intent, openAttempt }: LoadedSetupIntent,
  { moved, entered, draft }: { moved: Moved; entered: MethodAtHand; draft: IntentDraft },
): Change[] {
  return [
    {
      kind: 'update',
      objectType: 'setup_intent',
      id: intent.id,
      expect: { version: intent.version },
      patch: { ...moved.patch, draft, paymentMethodId: null },
      event: { id: ids.next(), type: moved.event },
    },
    ...discardDraft(intent, openAttempt),
    {
      kind: 'insert_draft',
      paymentMethod: { ...entered.paymentMethod, usage: draft.usage },
      sealed: entered.sealed,
    },
  ];
}
