import { appendFileSync } from 'node:fs';

/**
 * What a test measured, for the sheet that `npm run prove` writes. A test says it once it has asserted what it claims:
 *
 *     recordFigure('fuzz.requests', sent);
 *     recordFigure('fuzz.answers of 5xx', faults.length);
 *
 * A name is `part.what`; `tests/prove/parts.ts` says which figures stand in which row. Several values under one name are added
 * up. Without `ONFILE_PROVE_FIGURES`, which names the file for them, nothing happens.
 */
export function recordFigure(name: string, value: number): void {
  const file = process.env.ONFILE_PROVE_FIGURES;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, value })}\n`);
}

/** As {@link recordFigure}, for what is no number: a seed, or a reason. */
export function recordFact(name: string, text: string): void {
  const file = process.env.ONFILE_PROVE_FIGURES;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, text })}\n`);
}
