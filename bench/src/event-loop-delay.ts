/**
 * How late the server's event loop was since the last time that somebody asked, at the 99th percentile, in milliseconds, as its
 * own `/metrics` tells it.
 */
export async function readEventLoopDelay(apiUrl: string): Promise<number> {
  const response = await fetch(`${apiUrl}/metrics`);
  return parseEventLoopDelay(await response.text());
}

export function parseEventLoopDelay(metrics: string): number {
  const seconds = /^onfile_event_loop_delay_seconds\{quantile="0\.99"\} (\S+)$/m.exec(metrics)?.[1];
  if (seconds === undefined) throw new Error('/metrics does not tell the delay of the event loop');
  return Number(seconds) * 1_000;
}
