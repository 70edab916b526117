import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { overrunsOf, ratiosOf, readBudgets, writeBudgets } from './budgets.js';
import { figuresOf, filledFiguresOf } from './figures.js';
import { aRound } from './testing/rounds.js';

describe('budgets', () => {
  const cases = [
    // measured  budget   over
    [0.4, 0.4, false],
    [0.8, 0.4, false],
    [0.321, 0.4, false],
    [0.319, 0.4, true],
    [0, 0.4, true],
  ] as const;
  for (const [measured, budget, isOver] of cases) {
    test(`of ${budget} ${isOver ? 'is overrun' : 'is kept'} by ${measured}`, () => {
      const name = 'lifecycle.ratioToPgbench';
      const overruns = overrunsOf({ [name]: budget }, { [name]: measured });
      expect(overruns).toEqual(isOver ? [{ name, budget, measured }] : []);
    });
  }

  test('of what was not measured are not judged, nor is what has none', () => {
    expect(overrunsOf({ 'read.ratioToEmptyRoute': 0.5 }, { 'create.ratioToPgbench': 0.01 })).toEqual([]);
  });

  test('are the ratios of a run, those that there are', () => {
    const round = aRound({ perSecond: 100, pgbenchPerSecond: 400, filled: { perSecond: 95 } });
    const workloads = { create: figuresOf([round], 1) };
    const onFilled = filledFiguresOf([round]);
    const filled = { rows: 1_000, databaseMb: 1, workloads: onFilled === null ? {} : { create: onFilled } };
    expect(ratiosOf({ workloads, filled })).toEqual({
      'create.ratioToPgbench': 0.25,
      'create.ratioToEmptyDatabase.1000': 0.95,
    });
  });

  test('are read as they were written, and are null where there is no file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'onfile-budgets-'));
    try {
      const file = pathToFileURL(join(directory, 'budgets.json'));
      expect(await readBudgets(file)).toBeNull();
      const budgets = { date: '2026-01-02', machine: { cpus: 2 }, ratios: { 'create.ratioToPgbench': 0.45678 } };
      await writeBudgets(file, budgets);
      expect(await readBudgets(file)).toEqual({ ...budgets, ratios: { 'create.ratioToPgbench': 0.457 } });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
