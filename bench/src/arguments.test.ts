import { describe, expect, test } from 'vitest';
import { readArguments } from './arguments.js';

describe('the arguments of the bench', () => {
  const accepted = [
    // given                                 sets
    [
      '',
      {
        seconds: 3,
        rounds: 5,
        connections: 16,
        isPaced: true,
        rows: null,
        merchants: 1,
        workers: 1,
        writesBudgets: false,
        json: false,
      },
    ],
    ['--rows 250', { rows: 250 }],
    ['--rows 250k', { rows: 250_000 }],
    ['--rows 1M', { rows: 1_000_000 }],
    ['--only read,create', { only: ['create', 'read'], isPaced: false }],
    ['--only mixed', { only: ['lifecycle'], isPaced: true }],
    ['--merchants 1000 --workers 2', { merchants: 1_000, workers: 2 }],
    ['--write-budgets --rounds 5', { writesBudgets: true }],
  ] as const;
  for (const [given, expected] of accepted) {
    test(`${given || 'none'} are understood`, () => {
      expect(readArguments(split(given))).toMatchObject(expected);
    });
  }

  test('are explained where --help is among them', () => {
    expect(readArguments(['--json', '--help'])).toBe('help');
  });

  const refused = [
    // given                             because
    ['--rows 0', '--rows is "0"'],
    ['--rows 1.5M', '--rows is "1.5M"'],
    ['--rows 101M', 'at most 100M'],
    ['--only lifecycle,reed', '"reed"; there are create, read, list, lifecycle, toast, mixed'],
    ['--profile folder', 'ends in .svg'],
    ['--seconds 61', 'from 1 to 60'],
    ['--write-budgets --only read', 'without --only'],
    ['--write-budgets --rounds 4', 'at least 5 rounds'],
    ['--merchants 0', 'from 1 to 5000'],
    ['--workers 65', 'from 1 to 64'],
    ['--workers 2 --profile flame.svg', 'one process'],
    ['--write-budgets --workers 2', 'one process'],
    ['--quick', '--quick'],
  ] as const;
  for (const [given, because] of refused) {
    test(`${given} is refused`, () => expect(() => readArguments(split(given))).toThrow(because));
  }
});

function split(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}
