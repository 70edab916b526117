import type {
  Connector,
  DeclineCode,
  LookUpAnswer,
  SealedCard,
  Uuid,
  VerificationAnswer,
  VerificationRequest,
} from '@onfile/core';
import type { Activity } from './activity.js';
import type { Scheduler } from './scheduler.js';

/** What the issuer says to a card; `unasked` approves without authenticating, although it was told to. */
export const ISSUERS = ['approves', 'frictionless', 'unasked', 'card_declined', 'expired_card', 'rejects'] as const;
export type Issuer = (typeof ISSUERS)[number];

const VERIFY_TIMEOUT_MS = 30_000;
const SETTLING_MS = 10_000;

type Known = Exclude<LookUpAnswer, { kind: 'not_found' | 'unknown' }>;

/** How a verification stands at the processor. `voided` keeps what was not there yet from happening. */
type Standing = Known | { readonly kind: 'voided' };

/** A processor in memory with a ledger: the truth that the program has to find out. */
export class SimulatedProcessor {
  /** False: nothing gets through to it any more, in either direction. */
  isReachable = true;
  /** How many requests to verify each reference left us. */
  readonly asked = new Map<Uuid, number>();
  /** Where each attempt's cardholder is sent back to: the state token. */
  readonly returnUrls = new Map<Uuid, string>();
  readonly #standings = new Map<Uuid, Standing>();
  readonly #askedAt = new Map<Uuid, number>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  standingOf(reference: Uuid): Standing | null {
    return this.#standings.get(reference) ?? null;
  }

  get standings(): ReadonlyMap<Uuid, Standing> {
    return this.#standings;
  }

  /** The connector as one activity has it. `beforeAsking` is told of each request to verify, before it leaves. */
  connector(activity: Activity, beforeAsking: (reference: Uuid) => void): Connector {
    return {
      name: 'simulated',
      settlingMs: SETTLING_MS,
      verifyTimeoutMs: VERIFY_TIMEOUT_MS,
      verify: (request) => {
        beforeAsking(request.reference);
        return this.#verify(activity, request);
      },
      lookUp: (_, reference) => this.#lookUp(activity, reference),
      void: (_, reference) => this.#void(activity, reference),
    };
  }

  /** The cardholder decides at the issuer's page. Changes nothing unless the issuer waits for them. */
  authenticate(reference: Uuid, outcome: 'pass' | 'fail' | 'decline'): void {
    if (this.#standings.get(reference)?.kind !== 'action_required') return;
    const processorReference = `p_${reference}`;
    if (outcome === 'pass') this.#standings.set(reference, approved(reference, true));
    else if (outcome === 'fail') this.#standings.set(reference, { kind: 'authentication_failed', processorReference });
    else this.#standings.set(reference, { kind: 'declined', code: 'card_declined', processorReference });
  }

  #verify(activity: Activity, request: VerificationRequest): Promise<VerificationAnswer> {
    const { reference } = request;
    const { random, rates } = activity;
    this.asked.set(reference, (this.asked.get(reference) ?? 0) + 1);
    this.#askedAt.set(reference, this.#scheduler.now());
    this.returnUrls.set(reference, request.returnUrl);
    const act = () => this.#act(request);
    const fault = this.isReachable ? (random.chance(rates.processor) ? random.pick(VERIFY_FAULTS) : 'none') : 'hang';
    const actsAfterMs =
      fault === 'late' ? VERIFY_TIMEOUT_MS + random.fraction() * SETTLING_MS : random.fraction() * 900;
    const answersAfterMs = ['hang', 'hang_after', 'late'].includes(fault)
      ? VERIFY_TIMEOUT_MS
      : actsAfterMs + random.fraction() * 900;
    return new Promise((resolve) => {
      let answer: VerificationAnswer = { kind: 'unknown', reason: fault };
      if (fault !== 'hang' && fault !== 'reset') {
        activity.later(actsAfterMs, () => {
          const acted = act();
          activity.note(`processor verified ${short(reference)}: ${acted.kind} (${fault})`);
          if (fault === 'none') answer = acted;
        });
      }
      activity.answerLater(() => resolve(answer), answersAfterMs);
    });
  }

  #act({ reference, card, authentication }: VerificationRequest): VerificationAnswer {
    const known = this.#standings.get(reference);
    if (known?.kind === 'voided') return { kind: 'rejected_before_processing', reason: 'voided' };
    if (known) return known;
    const issuer = issuerOf(card.sealed);
    if (issuer === 'rejects') return { kind: 'rejected_before_processing', reason: 'refused' };
    const standing = decide(reference, issuer, authentication);
    this.#standings.set(reference, standing);
    return standing;
  }

  #lookUp(activity: Activity, reference: Uuid): Promise<LookUpAnswer> {
    const { random, rates } = activity;
    const fault = this.isReachable
      ? random.chance(rates.processor)
        ? random.pick(['unknown', 'early'])
        : 'none'
      : 'unknown';
    return activity.ask(`looked ${short(reference)} up (${fault})`, (): LookUpAnswer => {
      const askedAt = this.#askedAt.get(reference) ?? 0;
      const mayBeEarly = this.#scheduler.now() < askedAt + VERIFY_TIMEOUT_MS;
      if (fault === 'unknown') return { kind: 'unknown', reason: 'no answer' };
      if (fault === 'early' && mayBeEarly) return { kind: 'not_found' };
      const standing = this.#standings.get(reference);
      if (standing === undefined) return { kind: 'not_found' };
      const processorReference = `p_${reference}`;
      return standing.kind === 'voided' ? { kind: 'declined', code: 'processing_error', processorReference } : standing;
    });
  }

  #void(activity: Activity, reference: Uuid): Promise<'done' | 'unknown'> {
    const { random, rates } = activity;
    const fault = this.isReachable
      ? random.chance(rates.processor)
        ? random.pick(['before', 'after'])
        : 'none'
      : 'before';
    return activity.ask(`voided ${short(reference)} (${fault})`, () => {
      if (fault === 'before') return 'unknown';
      const kind = this.#standings.get(reference)?.kind;
      if (kind !== 'declined' && kind !== 'authentication_failed') this.#standings.set(reference, { kind: 'voided' });
      return fault === 'after' ? 'unknown' : 'done';
    });
  }
}

/** `hang`, `reset`: it never came. `hang_after`, `lost_reply`, `garbage`: it acted. `late`: it acts after we gave up. */
const VERIFY_FAULTS = ['hang', 'reset', 'hang_after', 'lost_reply', 'garbage', 'late'] as const;

export function sealedFor(issuer: Issuer): SealedCard {
  return new TextEncoder().encode(issuer) as unknown as SealedCard;
}

function issuerOf(sealed: SealedCard): Issuer {
  const text = new TextDecoder().decode(sealed);
  const issuer = ISSUERS.find((each) => each === text);
  if (issuer === undefined) throw new Error('The processor was sent a card that nobody entered');
  return issuer;
}

function decide(reference: Uuid, issuer: Issuer, authentication: 'required' | 'none'): Known {
  const processorReference = `p_${reference}`;
  if (issuer === 'card_declined' || issuer === 'expired_card') {
    return { kind: 'declined', code: issuer satisfies DeclineCode, processorReference };
  }
  if (authentication === 'none' || issuer === 'unasked') return approved(reference, false);
  if (issuer === 'frictionless') return approved(reference, true);
  const url = `https://issuer.example/${reference}`;
  return { kind: 'action_required', processorReference, url, expiresAt: null };
}

function approved(reference: Uuid, authenticated: boolean): Known {
  const ids = { processorReference: `p_${reference}`, networkTransactionId: `n_${reference}` };
  return { kind: 'approved', ...ids, country: 'JP', authenticated };
}

export function short(id: string): string {
  return id.slice(-4);
}
