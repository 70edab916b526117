import type { CardRequest, Clock, Instant, SendResult, Uuid, Vault } from '@onfile/core';
import type { Siblings } from './siblings.js';

/** As long as a vault keeps a security code. */
const HELD_MS = 10 * 60 * 1_000;
/** More than a vault keeps codes; past it the oldest are sent without asking whose they are. */
const HELD_MAX = 20_000;
/** Beyond the request's own limit: for the way there and back. */
const WAY_MS = 5_000;

/**
 * The same vault, where a card may have been entered in another worker than the one that confirms it: the request is then sent
 * by the worker that took the card, since a security code never leaves the process that took it.
 */
export function vaultOfSiblings(vault: Vault, siblings: Siblings, clock: Clock): Vault {
  const takenHere = new AttemptsTaken(clock);
  siblings.answer('send_card', async (request) =>
    takenHere.delete(request.card.attemptId) ? vault.send(request) : null,
  );
  return {
    async seal(request) {
      const result = await vault.seal(request);
      if (result.kind === 'sealed' && request.attemptId !== null) takenHere.add(request.attemptId);
      return result;
    },
    async send(request) {
      if (takenHere.delete(request.card.attemptId)) return vault.send(request);
      return (await sendByAnother(request, siblings)) ?? vault.send(request);
    },
    forgetCode(card) {
      takenHere.delete(card.attemptId);
      vault.forgetCode(card);
    },
  };
}

/** `null` when nobody else took the card. Of one that went silent nobody knows what it sent. */
async function sendByAnother(request: CardRequest, siblings: Siblings): Promise<SendResult | null> {
  const answers = await siblings.ask('send_card', request, request.totalTimeoutMs + WAY_MS);
  for (const answer of answers) if (answer.kind === 'answered') return answer.body;
  return answers.some(({ kind }) => kind === 'gone') ? { kind: 'unknown', reason: 'worker_gone' } : null;
}

class AttemptsTaken {
  readonly #since = new Map<Uuid, Instant>();

  constructor(readonly clock: Clock) {}

  add(attemptId: Uuid): void {
    const now = this.clock.now();
    this.#since.set(attemptId, now);
    for (const [oldest, since] of this.#since) {
      if (now - since < HELD_MS && this.#since.size <= HELD_MAX) break;
      this.#since.delete(oldest);
    }
  }

  /** Answers whether it was there. */
  delete(attemptId: Uuid): boolean {
    return this.#since.delete(attemptId);
  }
}
