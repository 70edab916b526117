import { describe, expect, test } from 'vitest';
import { unsafeStart } from './unsafe-start.js';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit
Max core file size        ${soft}                    unlimited            bytes
`;

describe('a process that was started so that its memory gets out', () => {
  const cases = [
    // flags                              core limit    warnings
    [[], '0', 0],
    [['--max-old-space-size=200'], '0', 0],
    [['--inspect=0.0.0.0:9229'], '0', 1],
    [['--heapsnapshot-signal=SIGUSR2'], '0', 1],
    [[], 'unlimited', 1],
    [['--inspect', '--heapsnapshot-signal=SIGUSR2'], '1024', 3],
  ] as const;
  for (const [flags, core, count] of cases) {
    test(`${JSON.stringify(flags)} with a core limit of ${core} gets ${count} warnings`, () => {
      expect(unsafeStart(flags, limits(core))).toHaveLength(count);
    });
  }

  test('where limits cannot be read nothing is claimed about them', () => {
    expect(unsafeStart([], '')).toEqual([]);
  });
});
