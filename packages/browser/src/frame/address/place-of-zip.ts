/** Prefecture, city (empty where a code is of several), and the last four digits of the city's postal codes in a row. */
export type AreaCodes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Place {
  readonly state: string;
  /** Empty where the postal code does not tell. */
  readonly city: string;
}

/** Where a postal code such as `100-0001` lies, by the codes of its area; `null` for one that nobody has. */
export function placeOfZip(zip: string, codes: AreaCodes): Place | null {
  const last = zip.slice(-LAST_DIGITS);
  for (const [state, cities] of Object.entries(codes)) {
    for (const [city, row] of Object.entries(cities)) {
      for (let at = 0; at < row.length; at += LAST_DIGITS) {
        if (row.startsWith(last, at)) return { state, city };
      }
    }
  }
  return null;
}

const LAST_DIGITS = 4;

/** Only the first three digits are told to our own server. `null` when there is no such area, or no answer. */
export async function loadAreaCodes(zip: string): Promise<AreaCodes | null> {
  try {
    const response = await fetch(`/frame/postal-codes/${zip.slice(0, 3)}`);
    return response.ok ? ((await response.json()) as AreaCodes) : null;
  } catch {
    return null;
  }
}
