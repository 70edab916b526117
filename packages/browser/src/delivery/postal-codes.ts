import { readFileSync } from 'node:fs';

/** Under what address the postal codes of an area are, followed by the three digits that they begin with. */
export const POSTAL_CODES_PATH = '/frame/postal-codes/';

/** Prefecture, city, and the last four digits of the city's codes in a row: what the address form reads. As JSON text. */
export function postalCodesOf(area: string): string | null {
  known ??= new Map(Object.entries(JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, object>));
  const codes = known.get(area);
  return codes === undefined ? null : JSON.stringify(codes);
}

/** Half a megabyte, so it is read when the first address in Japan is entered. */
let known: ReadonlyMap<string, object> | undefined;

// Beside `src` and `dist` alike.
const FILE = new URL('../../dist/assets/postal-codes.json', import.meta.url);
