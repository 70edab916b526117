import type { BenchResult, FilledResult } from './bench.js';
import type { Figures, FilledFigures, PacedFigures, RunFigures } from './figures.js';
import type { GroupShare } from './fold-profile.js';
import type { Goal } from './goals.js';

type Column<Row> = readonly [title: string, cell: (figures: Row) => string];

const TIMES: readonly Column<RunFigures>[] = [
  ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(2)],
  ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(2)],
  ['p99.9 ms', ({ p999Ms }) => p999Ms.toFixed(2)],
];
const RATE: Column<RunFigures> = ['per second', ({ perSecond }) => perSecond.toFixed(0)];
const COSTS: readonly Column<RunFigures>[] = [
  ['server CPU ms', ({ serverCpuMs }) => serverCpuMs.toFixed(3)],
  ['database CPU ms', ({ databaseCpuMs }) => databaseCpuMs.toFixed(3)],
  ['WAL bytes', ({ walBytes }) => walBytes.toFixed(0)],
  ['server MB', ({ serverMemoryMb }) => serverMemoryMb.toFixed(0)],
  ['loop p99 ms', ({ eventLoopDelayMs }) => eventLoopDelayMs.toFixed(0)],
];

/** A line per workload. What was not measured is a dash; pgbench's column is left out where there was no pgbench. */
export function renderTable(figures: BenchResult['workloads']): string {
  const hasPgbench = Object.values(figures).some(({ ratioToPgbench }) => ratioToPgbench !== null);
  const ofPgbench: Column<Figures> = ['of pgbench', ({ ratioToPgbench }) => renderRatio(ratioToPgbench)];
  return renderRows('', figures, [
    RATE,
    ...(hasPgbench ? [ofPgbench] : []),
    ['of empty route', ({ ratioToEmptyRoute }) => renderRatio(ratioToEmptyRoute)],
    ['of route and SQL', ({ ratioToSqlRoute }) => renderRatio(ratioToSqlRoute)],
    ...TIMES,
    ['round trips', ({ roundTrips }) => String(roundTrips)],
    ...COSTS,
  ]);
}

/** An empty text where nothing was measured at an even pace. */
export function renderPaced(paced: BenchResult['paced']): string {
  if (Object.keys(paced).length === 0) return '';
  return renderRows<PacedFigures>('at an even pace', paced, [
    ['begun/s', ({ begunPerSecond }) => begunPerSecond.toFixed(0)],
    ...TIMES,
    ['p99 of p50', ({ p99OverP50 }) => `${p99OverP50.toFixed(1)} ×`],
    ['begun late ms', ({ beganLateMs }) => beganLateMs.toFixed(2)],
    ...COSTS,
  ]);
}

export function renderFilled({ rows, databaseMb, workloads }: FilledResult): string {
  return renderRows<FilledFigures>(`${rows.toLocaleString('en')} stored, ${databaseMb.toFixed(0)} MB`, workloads, [
    RATE,
    ['of empty', ({ ratioToEmptyDatabase }) => renderRatio(ratioToEmptyDatabase)],
    ...TIMES,
    ...COSTS,
  ]);
}

/** Each with what was found, and whether that is enough. */
export function renderGoals(goals: readonly Goal[]): string {
  return alignRows([
    ['goal', 'to be', 'is', ''],
    ...goals.map((each) => [each.name, each.goal, renderMeasured(each), renderReached(each)]),
  ]);
}

export function renderGroups(groups: readonly GroupShare[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return alignRows([
    ["where the server's time goes", 'itself', "with Node's part"],
    ...groups.map(({ group, own, charged }) => [group, percent(own), percent(charged)]),
  ]);
}

function renderMeasured({ measured, unit }: Goal): string {
  if (measured === null) return '–';
  if (unit === '%') return renderRatio(measured);
  return unit === '×' ? `${measured.toFixed(1)} ×` : `${measured.toFixed(0)} MB`;
}

function renderReached({ isReached }: Goal): string {
  if (isReached === null) return 'not measured';
  return isReached ? 'reached' : 'NOT REACHED';
}

function renderRows<Row>(
  title: string,
  figures: Readonly<Partial<Record<string, Row>>>,
  columns: readonly Column<Row>[],
): string {
  const measured = Object.entries(figures).flatMap(([name, each]) => (each === undefined ? [] : [{ name, each }]));
  return alignRows([
    [title, ...columns.map(([column]) => column)],
    ...measured.map(({ name, each }) => [name, ...columns.map(([, cell]) => cell(each))]),
  ]);
}

/** The first column to the left, the others to the right. */
export function alignRows(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('  ')).join('\n');
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function renderRatio(ratio: number | null): string {
  return ratio === null ? '–' : `${(ratio * 100).toFixed(0)} %`;
}
