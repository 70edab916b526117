import { DECLINE_CODES, type DeclineCode } from './test-cards.js';
import { InvalidRequest } from './verification-request.js';

export const OPERATIONS = ['verify', 'look_up', 'void', 'authorize'] as const;
/** `authorize` is what the issuer does once the cardholder has passed the authentication. */
export type Operation = (typeof OPERATIONS)[number];

/** What a scripted step can do, where, and in what words the index page explains it. */
export const BEHAVIOURS = {
  delay: { on: ['verify', 'look_up', 'void'], does: 'waits ms, then acts and answers, even if the caller is gone' },
  hang: { on: ['verify', 'look_up', 'void'], does: 'does not act, and closes the connection after ms' },
  reset_before: { on: ['verify', 'look_up', 'void'], does: 'resets the connection without having acted' },
  reset_after: { on: ['verify', 'look_up', 'void'], does: 'acts, then resets the connection' },
  error_before: { on: ['verify', 'look_up', 'void'], does: 'answers 500 without having acted' },
  error_after: { on: ['verify', 'look_up', 'void'], does: 'acts, then answers 500' },
  lose_reply: { on: ['verify', 'look_up', 'void'], does: 'acts, answers nothing, and closes the connection after ms' },
  trickle: { on: ['verify', 'look_up', 'void'], does: 'acts, and sends the answer in pieces over ms' },
  truncate: { on: ['verify', 'look_up', 'void'], does: 'acts, and breaks off in the middle of the answer' },
  garbage: { on: ['verify', 'look_up', 'void'], does: 'acts, and answers 200 with what is not JSON' },
  odd_status: { on: ['verify', 'look_up', 'void'], does: 'acts, and answers with a status that nobody documented' },
  reject: { on: ['verify'], does: 'refuses the request with 400 before any processing' },
  approve: { on: ['verify'], does: 'approves any card, without a challenge' },
  challenge: { on: ['verify'], does: 'asks for authentication whatever was requested' },
  decline: { on: ['verify', 'authorize'], does: 'declines with code, whatever the card' },
  not_found_early: { on: ['look_up'], does: 'says 404 although the verification is there' },
} as const satisfies Record<string, { on: readonly Operation[]; does: string }>;
export type Behaviour = keyof typeof BEHAVIOURS;

export interface Step {
  readonly match: { readonly reference?: string; readonly last4?: string };
  readonly operation: Operation;
  readonly behaviour: Behaviour;
  /** For the behaviours that wait; at most {@link WAIT_MS_MAX}. */
  readonly ms: number;
  /** For `decline`. */
  readonly code: DeclineCode;
  /** How many more requests it answers. */
  readonly times: number;
}

/** No scripted wait is longer, so that nothing hangs for ever. */
export const WAIT_MS_MAX = 120_000;
const STEPS_MAX = 100;

export type Outage = 'none' | 'unavailable' | 'close';

/** What the next requests will meet instead of the usual answers. It lives in memory only. */
export class Script {
  #steps: Step[] = [];
  #outage: Outage = 'none';
  #clearing = new AbortController();

  get steps(): readonly Step[] {
    return this.#steps;
  }

  get outage(): Outage {
    return this.#outage;
  }

  set outage(outage: Outage) {
    this.#outage = outage;
  }

  /** Fires when the script is cleared: whatever waits under it goes on at once. */
  get cleared(): AbortSignal {
    return this.#clearing.signal;
  }

  add(step: Step): void {
    if (this.#steps.length >= STEPS_MAX)
      throw new InvalidRequest('script', `at most ${STEPS_MAX} steps; DELETE /control clears them`);
    this.#steps.push(step);
  }

  /** The first step that applies, used up by one. */
  take(operation: Operation, subject: { reference: string; last4?: string }): Step | undefined {
    const step = this.#steps.find((each) => each.operation === operation && matches(each.match, subject));
    if (!step) return undefined;
    const left = step.times - 1;
    this.#steps = this.#steps.flatMap((each) => (each !== step ? [each] : left > 0 ? [{ ...each, times: left }] : []));
    return step;
  }

  clear(): void {
    this.#steps = [];
    this.#outage = 'none';
    this.#clearing.abort();
    this.#clearing = new AbortController();
  }
}

export function parseStep(body: unknown): Step {
  const step = body as Record<string, unknown> | null;
  if (typeof step !== 'object' || step === null) throw new InvalidRequest('body', 'an object');
  const operation = oneOf(OPERATIONS, step.operation ?? 'verify', 'operation');
  const behaviour = oneOf(Object.keys(BEHAVIOURS) as Behaviour[], step.behaviour, 'behaviour');
  const places: readonly Operation[] = BEHAVIOURS[behaviour].on;
  if (!places.includes(operation))
    throw new InvalidRequest('operation', `one of ${places.join(', ')} for ${behaviour}`);
  return {
    match: parseMatch(step.match ?? {}),
    operation,
    behaviour,
    ms: wholeNumber(step.ms ?? 1_000, 'ms', WAIT_MS_MAX),
    code: oneOf(DECLINE_CODES, step.code ?? 'card_declined', 'code'),
    times: wholeNumber(step.times ?? 1, 'times', 1_000_000),
  };
}

export function parseOutage(body: unknown): Outage {
  const { on, how = 'unavailable' } = (body ?? {}) as Record<string, unknown>;
  if (typeof on !== 'boolean') throw new InvalidRequest('on', 'true or false');
  return on ? oneOf(['unavailable', 'close'] as const, how, 'how') : 'none';
}

function parseMatch(value: unknown): Step['match'] {
  const { reference, last4 } = value as Record<string, unknown>;
  if (reference !== undefined && typeof reference !== 'string') throw new InvalidRequest('match.reference', 'a string');
  if (last4 !== undefined && !(typeof last4 === 'string' && /^[0-9]{4}$/.test(last4))) {
    throw new InvalidRequest('match.last4', 'four digits in a string');
  }
  return { ...(reference === undefined ? {} : { reference }), ...(last4 === undefined ? {} : { last4 }) };
}

function matches(match: Step['match'], subject: { reference: string; last4?: string }): boolean {
  if (match.reference !== undefined && match.reference !== subject.reference) return false;
  return match.last4 === undefined || match.last4 === subject.last4;
}

function oneOf<const T extends string>(allowed: readonly T[], value: unknown, parameter: string): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new InvalidRequest(parameter, `one of ${allowed.join(', ')}`);
  return found;
}

function wholeNumber(value: unknown, parameter: string, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new InvalidRequest(parameter, `a whole number up to ${max}`);
}
