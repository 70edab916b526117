/** `null` when it can be registered as it is; otherwise why not, with what to write instead. */
export function problemOfOrigin(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return `${JSON.stringify(text)} is no origin; write one like https://shop.example`;
  if (url.protocol !== 'https:' && !isLoopbackOrigin(url.origin)) {
    return `${url.protocol}// is not safe for card forms; register an https origin (in test mode loopback needs no registration)`;
  }
  if (url.origin !== text)
    return `${JSON.stringify(text)} is more than an origin, or written otherwise; use ${url.origin}`;
  // A content policy cannot name an IPv6 address, and would read a star as more than one host.
  if (!/^[a-z0-9.-]+$/.test(url.hostname)) return `Register the name of one host, not ${url.hostname}`;
  return null;
}

/** Whether pages there can only be on the visitor's own machine: they may frame test-mode forms without registration. */
export function isLoopbackOrigin(origin: string): boolean {
  return /^https?:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/.test(origin);
}
