import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readKeys } from './wishes.js';

/** What a terminal gives key by key. */
function aTerminal() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(isRaw: boolean) {
      modes.push(isRaw);
      return input;
    },
  });
  return { input: input as unknown as NodeJS.ReadStream, modes, type: (keys: string) => input.write(keys) };
}

describe('keys at the terminal', () => {
  test('are wishes, in the order in which they are typed, before and after somebody waits', async () => {
    const { input, modes, type } = aTerminal();
    const { wishes, stop } = readKeys({ isForPeople: true }, input, () => undefined);
    const first = wishes.next();
    type('xrfo');
    expect([await first, await wishes.next(), await wishes.next()]).toEqual(['repeat', 'retry_failed', 'open']);
    stop();
    expect(modes).toEqual([true, false]);
  });

  test('asking twice before a key comes is one wish', async () => {
    const { input, type } = aTerminal();
    const { wishes, stop } = readKeys({ isForPeople: true }, input, () => undefined);
    const asked = [wishes.next(), wishes.next()];
    type('r');
    expect(await Promise.all(asked)).toEqual(['repeat', 'repeat']);
    stop();
  });

  for (const [key, name] of [
    ['q', 'q'],
    ['\u0003', 'Ctrl-C'],
    ['\u0004', 'Ctrl-D'],
  ] as const) {
    test(`${name} ends it`, async () => {
      const { input, type } = aTerminal();
      const ended = new Promise<void>((end) => {
        const { stop } = readKeys({ isForPeople: true }, input, () => {
          stop();
          end();
        });
      });
      type(key);
      await ended;
    });
  }

  test('are left alone where the output is for a program', () => {
    const { input, modes } = aTerminal();
    readKeys({ isForPeople: false }, input, () => undefined).stop();
    expect(modes).toEqual([]);
  });
});
