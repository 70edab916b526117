import type { Connector, LookUpAnswer, VerificationAnswer, VerificationRequest } from '../src/ports/connector.js';
import type { SealedCard } from '../src/ports/vault.js';
import type { Instant, Scope } from '../src/scope.js';
import { DECLINE_CODES, type DeclineCode } from '../src/setup-attempt/setup-attempt.js';
import type { ConnectorFault } from './connector-contract.js';

type Operation = 'verify' | 'look_up' | 'void';

/** A `sealed` card that the fake's issuer answers in this way. */
export function fakeSealedCard(issuer: 'approved' | DeclineCode): SealedCard {
  return new TextEncoder().encode(issuer) as unknown as SealedCard;
}

/**
 * A processor in memory that keeps the connector contract: it can be scripted to fail before and after it acts, and
 * says what it did. It never waits: a hang is `unknown` at once. A card that was not made by {@link fakeSealedCard}
 * is approved.
 */
export class FakeConnector implements Connector {
  readonly name = 'fake';
  readonly settlingMs: number;
  readonly verifyTimeoutMs = 30_000;
  /** When it gives an open authentication up. */
  authenticationExpiresAt: Instant | null = null;

  readonly #standings = new Map<string, Standing>();
  readonly #firstAnswers = new Map<string, VerificationAnswer>();
  readonly #script: { readonly operation: Operation; readonly fault: ConnectorFault }[] = [];
  readonly #verified: string[] = [];
  readonly #calls: { readonly operation: Operation; readonly reference: string }[] = [];
  #isReachable = true;

  constructor({ settlingMs = 10_000 }: { settlingMs?: number } = {}) {
    this.settlingMs = settlingMs;
  }

  /** What the next call of an operation meets; several are met in turn. */
  script(operation: Operation, fault: ConnectorFault): void {
    this.#script.push({ operation, fault });
  }

  set isReachable(isReachable: boolean) {
    this.#isReachable = isReachable;
  }

  /** The references that it verified, in order, one entry for each time. */
  get verified(): readonly string[] {
    return this.#verified;
  }

  /** Every call that came, answered or not. */
  get calls(): readonly { readonly operation: Operation; readonly reference: string }[] {
    return this.#calls;
  }

  /** The cardholder decides an open authentication; `decline` is an issuer that says no after it was passed. */
  authenticate(reference: string, outcome: 'pass' | 'fail' | 'leave' | { readonly decline: DeclineCode }): void {
    if (this.#standings.get(reference)?.kind !== 'action_required' || outcome === 'leave') return;
    const processorReference = `fake_${reference}`;
    if (outcome === 'pass') this.#standings.set(reference, approved(reference, { authenticated: true }));
    else if (outcome === 'fail') this.#standings.set(reference, { kind: 'authentication_failed', processorReference });
    else this.#standings.set(reference, { kind: 'declined', code: outcome.decline, processorReference });
  }

  async verify(request: VerificationRequest): Promise<VerificationAnswer> {
    const { reference } = request;
    const fault = this.#meet('verify', reference);
    if (!this.#isReachable) return { kind: 'rejected_before_processing', reason: 'not reachable' };
    if (fault === 'reject') return { kind: 'rejected_before_processing', reason: 'rejected as scripted' };
    if (fault && ACTS_NOT.has(fault)) return { kind: 'unknown', reason: fault };
    const answer = this.#act(request);
    return fault ? { kind: 'unknown', reason: fault } : answer;
  }

  async lookUp(_scope: Scope, reference: string): Promise<LookUpAnswer> {
    const fault = this.#meet('look_up', reference);
    if (!this.#isReachable) return { kind: 'unknown', reason: 'not reachable' };
    if (fault === 'not_found_early') return { kind: 'not_found' };
    if (fault) return { kind: 'unknown', reason: fault };
    const standing = this.#standings.get(reference);
    if (!standing) return { kind: 'not_found' };
    return standing.kind === 'voided' ? { ...VOIDED, processorReference: `fake_${reference}` } : standing;
  }

  async void(_scope: Scope, reference: string): Promise<'done' | 'unknown'> {
    const fault = this.#meet('void', reference);
    if (!this.#isReachable || (fault && ACTS_NOT.has(fault))) return 'unknown';
    const standing = this.#standings.get(reference)?.kind;
    if (standing !== 'declined' && standing !== 'authentication_failed') {
      this.#standings.set(reference, { kind: 'voided' });
    }
    return fault ? 'unknown' : 'done';
  }

  #act(request: VerificationRequest): VerificationAnswer {
    const { reference, idempotencyKey } = request;
    const first = this.#firstAnswers.get(idempotencyKey);
    if (first) return first;
    if (this.#standings.get(reference)?.kind === 'voided') {
      return { kind: 'rejected_before_processing', reason: 'reference_voided' };
    }
    const answer = this.#decide(request);
    this.#verified.push(reference);
    this.#standings.set(reference, answer);
    this.#firstAnswers.set(idempotencyKey, answer);
    return answer;
  }

  #decide({
    reference,
    card,
    authentication,
  }: VerificationRequest): Exclude<LookUpAnswer, { kind: 'unknown' | 'not_found' }> {
    const issuer = new TextDecoder().decode(card.sealed);
    const processorReference = `fake_${reference}`;
    const code = DECLINE_CODES.find((each) => each === issuer);
    if (code) return { kind: 'declined', code, processorReference };
    if (authentication === 'none') return approved(reference, { authenticated: false });
    const url = `https://issuer.example/${reference}`;
    return { kind: 'action_required', processorReference, url, expiresAt: this.authenticationExpiresAt };
  }

  #meet(operation: Operation, reference: string): ConnectorFault | undefined {
    this.#calls.push({ operation, reference });
    const index = this.#script.findIndex((each) => each.operation === operation);
    return index < 0 ? undefined : this.#script.splice(index, 1)[0]?.fault;
  }
}

type Standing = Exclude<LookUpAnswer, { kind: 'unknown' | 'not_found' }> | { readonly kind: 'voided' };

const ACTS_NOT: ReadonlySet<ConnectorFault> = new Set(['hang', 'reset_before', 'error_before']);
const VOIDED = { kind: 'declined', code: 'processing_error' } as const;

function approved(reference: string, { authenticated }: { authenticated: boolean }) {
  return {
    kind: 'approved',
    processorReference: `fake_${reference}`,
    networkTransactionId: `network_${reference}`,
    country: 'JP',
    authenticated,
  } as const;
}
