/** A session lives so long from the intent's creation. Toast, hosted checkout guide: 30 minutes. */
const SESSION_LIFETIME_MS = 30 * 60_000;
/** How long before the end it is told: WCAG 2.2.1 wants at least 20 seconds. */
const EXPIRING_BEFORE_END_MS = 2 * 60_000;

/**
 * Tells when a session nears its end, and when it is over; both moments are instants of the server's clock. Answers how to
 * stop it.
 */
export function startExpiry(
  createdAt: number,
  now: number,
  listener: { expiring(): void; expired(): void },
): () => void {
  const left = createdAt + SESSION_LIFETIME_MS - now;
  const timers = [
    setTimeout(listener.expiring, Math.max(0, left - EXPIRING_BEFORE_END_MS)),
    setTimeout(listener.expired, Math.max(0, left)),
  ];
  return () => timers.forEach(clearTimeout);
}
