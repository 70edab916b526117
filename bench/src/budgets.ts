import { readFile, writeFile } from 'node:fs/promises';
import type { BenchResult } from './bench.js';

/** What was once reached, as ratios: they say nothing of a machine's speed, and little of its kind. */
export interface Budgets {
  readonly date: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly ratios: Ratios;
}

/** Such as `lifecycle.ratioToPgbench`; all are better the larger they are. */
export type Ratios = Readonly<Record<string, number>>;

export interface Overrun {
  readonly name: string;
  readonly budget: number;
  readonly measured: number;
}

/** A ratio that falls below this part of its budget fails the bench. */
export const BUDGET_KEPT = 0.8;

export function ratiosOf({ workloads, filled }: Pick<BenchResult, 'workloads' | 'filled'>): Ratios {
  const found: [string, number | null][] = [];
  for (const [name, { ratioToPgbench, ratioToEmptyRoute, ratioToSqlRoute }] of Object.entries(workloads)) {
    found.push([`${name}.ratioToPgbench`, ratioToPgbench], [`${name}.ratioToEmptyRoute`, ratioToEmptyRoute]);
    found.push([`${name}.ratioToSqlRoute`, ratioToSqlRoute]);
  }
  for (const [name, { ratioToEmptyDatabase }] of Object.entries(filled?.workloads ?? {})) {
    found.push([`${name}.ratioToEmptyDatabase.${filled?.rows}`, ratioToEmptyDatabase]);
  }
  return Object.fromEntries(found.filter((each): each is [string, number] => each[1] !== null));
}

/** Budgets of what was not measured this time are not judged. */
export function overrunsOf(budgets: Ratios, measured: Ratios): readonly Overrun[] {
  return Object.entries(budgets).flatMap(([name, budget]) => {
    const ratio = measured[name];
    return ratio !== undefined && ratio < budget * BUDGET_KEPT ? [{ name, budget, measured: ratio }] : [];
  });
}

/** `null` where there is no file. */
export async function readBudgets(file: URL): Promise<Budgets | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as Budgets);
}

/** Three digits are more than runs agree on. */
export async function writeBudgets(file: URL, { ratios, ...about }: Budgets): Promise<void> {
  const rounded = Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toFixed(3))]);
  const budgets: Budgets = { ...about, ratios: Object.fromEntries(rounded) };
  await writeFile(file, `${JSON.stringify(budgets, null, 2)}\n`);
}
