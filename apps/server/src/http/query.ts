import { type Checked, fault, ok } from './http-route.js';

export type Query = Readonly<Record<string, readonly string[]>>;

const PARAMETERS_MAX = 100;

/** Each parameter with all its values, decoded strictly: what is no UTF-8, or holds a NUL, is refused. */
export function parseQuery(text: string): Checked<Query> {
  const query: Record<string, string[]> = Object.create(null);
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > PARAMETERS_MAX) return fault('malformed_query', `More than ${PARAMETERS_MAX} parameters.`);

  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = decode(at < 0 ? '' : pair.slice(at + 1));
    if (name === null || value === null) return fault('malformed_query');
    const values = query[name];
    if (values === undefined) query[name] = [value];
    else values.push(value);
  }
  return ok(query);
}

function decode(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return decoded.includes('\0') ? null : decoded;
  } catch {
    return null;
  }
}
