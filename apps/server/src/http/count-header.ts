import type { IncomingMessage } from 'node:http';

/** How often a header was sent. Node's own views of the headers drop repetitions, or are made of all headers at once. */
export function countHeader({ rawHeaders }: IncomingMessage, name: string): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.length === name.length && rawHeaders[at]?.toLowerCase() === name) count += 1;
  }
  return count;
}
