/** The path and the query of a request's address, the question mark in neither. */
export function splitAddress(address: string): [path: string, query: string] {
  const at = address.indexOf('?');
  return at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)];
}

/** SDKs join a base address that ends in a slash with a path that begins with one; others leave one at the end. */
export function tolerateSlashes(address: string): string {
  const [path, query] = splitAddress(address);
  const single = path.startsWith('//') ? path.slice(1) : path;
  const trimmed = single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
  return query === '' ? trimmed : `${trimmed}?${query}`;
}
