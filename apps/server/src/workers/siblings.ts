import type { Answer, Question, Questions, ToPrimary, ToWorker } from './messages.js';

/** The other workers of the same primary, as one of them sees them. */
export interface Siblings {
  /** An answer of each. Where one is silent for so long, all that is known is that it is `gone`. */
  ask<Q extends Question>(
    question: Q,
    body: Questions[Q]['asks'],
    timeoutMs: number,
  ): Promise<readonly Answer<Questions[Q]['answers']>[]>;
  /** Answers what siblings ask from now on; `null` for nothing. A fault tells them `gone`. */
  answer<Q extends Question>(
    question: Q,
    answer: (body: Questions[Q]['asks']) => Promise<Questions[Q]['answers'] | null>,
  ): void;
}

/** The way to the primary and back. */
export interface Channel {
  tell(message: ToPrimary): void;
  listen(take: (message: ToWorker) => void): void;
}

export function joinSiblings(channel: Channel): Siblings {
  const waiting = new Map<number, (answers: readonly Answer[]) => void>();
  const answering = new Map<Question, (body: never) => Promise<unknown>>();
  let count = 0;

  async function answerOf({ question, body }: ToWorker & { kind: 'asked' }): Promise<Answer> {
    try {
      const found = await answering.get(question)?.(body as never);
      return found === undefined || found === null ? { kind: 'nothing' } : { kind: 'answered', body: found };
    } catch {
      return { kind: 'gone' };
    }
  }

  channel.listen((message) => {
    if (message.kind === 'answers') waiting.get(message.number)?.(message.answers);
    else void answerOf(message).then((answer) => channel.tell({ kind: 'answer', number: message.number, answer }));
  });

  return {
    async ask(question, body, timeoutMs) {
      count += 1;
      const number = count;
      const answers = await new Promise<readonly Answer[]>((resolve) => {
        const late = setTimeout(() => resolve([{ kind: 'gone' }]), timeoutMs);
        waiting.set(number, (all) => {
          clearTimeout(late);
          resolve(all);
        });
        channel.tell({ kind: 'ask', number, question, body });
      });
      waiting.delete(number);
      return answers as readonly Answer<never>[];
    },
    answer(question, answer) {
      answering.set(question, answer as (body: never) => Promise<unknown>);
    },
  };
}
