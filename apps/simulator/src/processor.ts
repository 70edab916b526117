import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { Ledger } from './ledger.js';
import { type DeclineCode, findTestCard, type TestCard } from './test-cards.js';
import {
  applyMove,
  isUndecided,
  type LedgerRecord,
  type MoveType,
  type Verification,
  type VerificationMoved,
  type VerificationRequested,
  verificationOf,
} from './verification.js';
import { isPast, type VerificationRequest } from './verification-request.js';

/** What a script makes the issuer say, whatever the card says. */
export type Verdict =
  | { readonly kind: 'approve' | 'challenge' }
  | { readonly kind: 'decline'; readonly code: DeclineCode };

export type VerifyResult =
  | { readonly kind: 'answered'; readonly verification: Verification }
  /** The key was used for another request. */
  | { readonly kind: 'idempotency_conflict' }
  /** The reference was voided before it was used. */
  | { readonly kind: 'reference_voided' };

export interface ProcessorOptions {
  readonly ledgerFile: string;
  readonly authenticationLifetimeMs: number;
  readonly now: () => number;
}

/**
 * Processor and issuer in one. Its state is the sum of its ledger: every change is appended first and applied from the
 * record, so that a restart knows the same. Callers await `settled` before they answer anybody.
 */
export class Processor {
  readonly #byId = new Map<string, Verification>();
  /** The newest verification of each reference. */
  readonly #idByReference = new Map<string, string>();
  readonly #firstAnswers = new Map<string, VerificationRequested>();
  readonly #voidedReferences = new Set<string>();
  readonly #recent: LedgerRecord[] = [];
  readonly #options: ProcessorOptions;
  #ledger!: Ledger;

  private constructor(options: ProcessorOptions) {
    this.#options = options;
  }

  static async open(options: ProcessorOptions): Promise<Processor> {
    const processor = new Processor(options);
    processor.#ledger = await Ledger.open(options.ledgerFile, (record) => processor.#apply(record));
    return processor;
  }

  /** A zero-amount verification. The same key with the same request gets its first answer again, and does nothing. */
  verify(request: VerificationRequest, idempotencyKey: string, verdict?: Verdict): VerifyResult {
    const idempotencyKeyHash = createHash('sha256').update(idempotencyKey).digest('base64url');
    const requestHash = createHmac('sha256', idempotencyKey).update(JSON.stringify(request)).digest('base64url');
    const first = this.#firstAnswers.get(idempotencyKeyHash);
    if (first) {
      if (first.requestHash !== requestHash) return { kind: 'idempotency_conflict' };
      return { kind: 'answered', verification: verificationOf(first) };
    }
    if (this.#voidedReferences.has(request.reference)) return { kind: 'reference_voided' };

    const record = this.#decideVerification(request, verdict, { idempotencyKeyHash, requestHash });
    this.#commit(record);
    return { kind: 'answered', verification: verificationOf(record) };
  }

  /** The newest verification with this reference, `voided` for a reference that was voided unused, or nothing. */
  lookUp(reference: string): Verification | 'voided' | undefined {
    const id = this.#idByReference.get(reference);
    if (id !== undefined) return this.find(id);
    return this.#voidedReferences.has(reference) ? 'voided' : undefined;
  }

  /**
   * Undoes an approval, ends an open authentication, or closes a reference that was never seen, so that a request
   * which is still on its way does nothing. A verification that failed stays as it is.
   */
  void(reference: string): Verification | 'voided' {
    const known = this.lookUp(reference);
    if (known === undefined) {
      this.#commit({ type: 'verification.voided', at: this.#now(), id: newId(), reference, status: 'voided' });
      return 'voided';
    }
    if (known === 'voided') return known;
    if (known.status !== 'approved' && !isUndecided(known)) return known;
    return this.#move(known, 'verification.voided', { status: 'voided' });
  }

  find(id: string): Verification | undefined {
    const verification = this.#byId.get(id);
    if (!verification?.authentication || !isUndecided(verification)) return verification;
    if (this.#options.now() < Date.parse(verification.authentication.expiresAt)) return verification;
    return this.#move(verification, 'authentication.expired', {
      status: 'authentication_failed',
      code: 'authentication_expired',
    });
  }

  /** The cardholder sees the question. */
  openAuthentication(verification: Verification): Verification {
    if (verification.status !== 'authentication_required') return verification;
    return this.#move(verification, 'authentication.opened', { status: 'authenticating' });
  }

  /** What the cardholder chose. Only the first pass or fail counts; leaving decides nothing. */
  authenticate(verification: Verification, outcome: 'pass' | 'fail' | 'cancel', verdict?: Verdict): Verification {
    if (!isUndecided(verification)) return verification;
    switch (outcome) {
      case 'cancel':
        return this.#move(verification, 'authentication.left', { status: verification.status });
      case 'fail':
        return this.#move(verification, 'authentication.failed', {
          status: 'authentication_failed',
          code: 'authentication_failed',
        });
      case 'pass':
        return this.#move(verification, 'authentication.passed', authorizationAfter(verdict));
    }
  }

  get recent(): readonly LedgerRecord[] {
    return this.#recent;
  }

  select(...query: Parameters<Ledger['select']>): ReturnType<Ledger['select']> {
    return this.#ledger.select(...query);
  }

  settled(): Promise<void> {
    return this.#ledger.settled();
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }

  #decideVerification(
    request: VerificationRequest,
    verdict: Verdict | undefined,
    idempotency: Pick<VerificationRequested, 'idempotencyKeyHash' | 'requestHash'>,
  ): VerificationRequested {
    const now = this.#options.now();
    const testCard = findTestCard(request.card.number);
    const answer = decideAnswer(request, testCard, verdict, now);
    const expiresAt = new Date(now + this.#options.authenticationLifetimeMs).toISOString();
    return {
      type: 'verification.requested',
      at: this.#now(),
      id: newId(),
      reference: request.reference,
      status: answer.status,
      amount: 0,
      currency: request.currency,
      card: {
        brand: testCard.brand,
        last4: request.card.number.slice(-4),
        country: testCard.country,
        checks: request.card.cvc === '' ? { ...testCard.checks, cvc: 'not_provided' } : testCard.checks,
      },
      code: answer.code,
      networkTransactionId: answer.status === 'approved' ? newNetworkTransactionId() : null,
      authentication: answer.status === 'authentication_required' ? { expiresAt, returnUrl: request.returnUrl } : null,
      ...idempotency,
    };
  }

  #move(
    { id, reference }: Verification,
    type: MoveType,
    result: Pick<VerificationMoved, 'status' | 'code' | 'networkTransactionId'>,
  ): Verification {
    return this.#commit({ type, at: this.#now(), id, reference, ...result }) as Verification;
  }

  #commit(record: LedgerRecord): Verification | undefined {
    this.#ledger.append(record);
    return this.#apply(record);
  }

  #apply(record: LedgerRecord): Verification | undefined {
    this.#recent.push(record);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    if (record.type === 'verification.requested') {
      this.#firstAnswers.set(record.idempotencyKeyHash, record);
      this.#idByReference.set(record.reference, record.id);
      return this.#store(verificationOf(record));
    }
    if (record.type === 'verification.voided') this.#voidedReferences.add(record.reference);
    const known = this.#byId.get(record.id);
    return known && this.#store(applyMove(known, record));
  }

  #store(verification: Verification): Verification {
    this.#byId.set(verification.id, verification);
    return verification;
  }

  #now(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

/** How many records the index page can show. */
const RECENT_MAX = 30;

type Answer = Pick<VerificationRequested, 'status' | 'code'>;

// An issuer that will decline does so before it asks the cardholder anything.
function decideAnswer(
  { card, authentication }: VerificationRequest,
  testCard: TestCard,
  verdict: Verdict | undefined,
  now: number,
): Answer {
  if (verdict?.kind === 'decline') return { status: 'declined', code: verdict.code };
  if (verdict?.kind === 'approve') return { status: 'approved', code: null };
  if (verdict?.kind === 'challenge') return { status: 'authentication_required', code: null };

  if (testCard.registration !== 'approved') return { status: 'declined', code: testCard.registration };
  if (isPast(card, now)) return { status: 'declined', code: 'expired_card' };
  return { status: authentication === 'none' ? 'approved' : 'authentication_required', code: null };
}

function authorizationAfter(
  verdict: Verdict | undefined,
): Pick<VerificationMoved, 'status' | 'code' | 'networkTransactionId'> {
  if (verdict?.kind === 'decline') return { status: 'declined', code: verdict.code };
  return { status: 'approved', networkTransactionId: newNetworkTransactionId() };
}

function newId(): string {
  return `ver_${randomBytes(18).toString('base64url')}`;
}

/** 15 digits, the length that card networks use. */
function newNetworkTransactionId(): string {
  return Array.from({ length: 15 }, () => randomInt(10)).join('');
}
