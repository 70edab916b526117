/** The middle value, or the mean of the two in the middle. Throws when there is none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const above = at(sorted, Math.floor(sorted.length / 2));
  return sorted.length % 2 === 1 ? above : (above + at(sorted, sorted.length / 2 - 1)) / 2;
}

/** The least value that at least `share` (0 to 1) of all values do not exceed. Throws when there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = ascending(values);
  return at(sorted, Math.max(0, Math.ceil(share * sorted.length) - 1));
}

export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

export function latenciesOf(durationsMs: readonly number[]): Latencies {
  return {
    p50Ms: quantile(durationsMs, 0.5),
    p99Ms: quantile(durationsMs, 0.99),
    p999Ms: quantile(durationsMs, 0.999),
  };
}

/** The median of one property over all rounds. */
export function medianOf<T>(rounds: readonly T[], figureIn: (round: T) => number): number {
  return median(rounds.map(figureIn));
}

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function at(sorted: Float64Array, index: number): number {
  const value = sorted[index];
  if (value === undefined) throw new Error('There is no median or quantile of no values');
  return value;
}
