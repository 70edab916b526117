const ID_DIGITS = 12;

/** The values of a recorded statement, each time with other ids in place of those that the recorded operation made itself. */
export function freshValues(values: readonly unknown[], madeIds: readonly string[]): () => unknown[] {
  if (madeIds.length === 0) return () => [...values];
  const pattern = new RegExp(madeIds.join('|'), 'g');
  const hasMade = (value: unknown): value is string => typeof value === 'string' && value.search(pattern) >= 0;
  const own = new Set(values.flatMap((value, index) => (hasMade(value) ? [index] : [])));
  let made = 0;
  return () => {
    made += 1;
    const run = made;
    const replace = (id: string) => renderId(run, madeIds.indexOf(id));
    return values.map((value, index) => (own.has(index) ? (value as string).replace(pattern, replace) : value));
  };
}

/** A UUID of version 7 that sorts after those made before, as the server's own do, and that pgbench never makes. */
function renderId(run: number, number: number): string {
  const time = `f${run.toString(16).padStart(ID_DIGITS - 1, '0')}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(ID_DIGITS, '0')}`;
}
