import { describe, expect, test } from 'vitest';
import { Groups, type Member } from './groups.js';

/** Answers a group when it is told to, each question with itself. */
function startGroups(sizeMax = 10) {
  const sent: string[][] = [];
  const ends: (() => void)[] = [];
  let seen = () => {};
  const send = (members: readonly Member<string, string>[]) => {
    sent.push(members.map(({ question }) => question));
    seen();
    return new Promise<void>((resolve) => {
      ends.push(() => {
        for (const { question, resolve: answer } of members) answer(question);
        resolve();
      });
    });
  };
  const groups = new Groups<string, string>({ sizeMax, send });
  const untilSent = async (count: number) => {
    while (sent.length < count) {
      await new Promise<void>((resolve) => {
        seen = resolve;
      });
    }
    return sent;
  };
  const ask = (...questions: string[]) => questions.map((question) => groups.ask(question));
  return { groups, sent, ask, untilSent, end: (group: number) => ends[group]?.() };
}

describe('questions', () => {
  test('that are asked in one go leave together, and each gets its own answer', async () => {
    const { ask, untilSent, end } = startGroups();
    const answers = ask('a', 'b', 'c');
    expect(await untilSent(1)).toEqual([['a', 'b', 'c']]);
    end(0);
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c']);
  });

  test('that come one after the other leave one by one', async () => {
    const { ask, untilSent, end } = startGroups();
    for (const [index, question] of ['a', 'b', 'c'].entries()) {
      const [answer] = ask(question);
      await untilSent(index + 1);
      end(index);
      expect(await answer).toBe(question);
    }
    expect(await untilSent(3)).toEqual([['a'], ['b'], ['c']]);
  });

  test('that come while two groups are under way leave together when one of them is done', async () => {
    const { groups, ask, untilSent, end } = startGroups();
    ask('a');
    await untilSent(1);
    ask('b');
    await untilSent(2);
    ask('c');
    ask('d');
    expect(groups.waiting).toBe(2);
    end(1);
    expect(await untilSent(3)).toEqual([['a'], ['b'], ['c', 'd']]);
    expect(groups.waiting).toBe(0);
  });

  test('are never more in a group than fit', async () => {
    const { ask, untilSent, end } = startGroups(2);
    ask('a', 'b', 'c', 'd', 'e');
    expect(await untilSent(2)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    end(0);
    expect((await untilSent(3))[2]).toEqual(['e']);
  });

  test('do not wait for ever for groups that do not end, and these count no more when they do', async () => {
    const { ask, untilSent, sent, end } = startGroups(1);
    ask('a', 'b', 'c', 'd', 'e', 'f');
    expect(await untilSent(4)).toEqual([['a'], ['b'], ['c'], ['d']]);
    end(0);
    end(1);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(sent).toHaveLength(4);
    end(2);
    expect((await untilSent(5))[4]).toEqual(['e']);
  });
});
