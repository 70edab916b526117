import type { Figures } from './figures.js';
import type { Workload } from './workloads.js';

type Column = readonly [title: string, cell: (figures: Figures) => string];

const COLUMNS: readonly Column[] = [
  ['per second', ({ perSecond }) => perSecond.toFixed(0)],
  ['of pgbench', ({ ratioToPgbench }) => renderRatio(ratioToPgbench)],
  ['of empty route', ({ ratioToEmptyRoute }) => renderRatio(ratioToEmptyRoute)],
  ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(2)],
  ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(2)],
  ['p99.9 ms', ({ p999Ms }) => p999Ms.toFixed(2)],
  ['server CPU ms', ({ serverCpuMs }) => serverCpuMs.toFixed(3)],
  ['database CPU ms', ({ databaseCpuMs }) => databaseCpuMs.toFixed(3)],
  ['round trips', ({ roundTrips }) => String(roundTrips)],
  ['WAL bytes', ({ walBytes }) => walBytes.toFixed(0)],
  ['server MB', ({ serverMemoryMb }) => serverMemoryMb.toFixed(0)],
];

/** A line per workload. What was not measured is a dash; pgbench's column is left out where there was no pgbench. */
export function renderTable(figures: Readonly<Partial<Record<Workload, Figures>>>): string {
  const measured = Object.entries(figures);
  const hasPgbench = measured.some(([, { ratioToPgbench }]) => ratioToPgbench !== null);
  const columns = COLUMNS.filter(([title]) => hasPgbench || title !== 'of pgbench');
  return alignRows([
    ['', ...columns.map(([title]) => title)],
    ...measured.map(([workload, each]) => [workload, ...columns.map(([, cell]) => cell(each))]),
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
