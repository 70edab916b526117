import type { Place } from '../api/place.js';
import type { Output } from '../output.js';
import type { StreamedEvent } from './event-stream.js';
import type { Forwardable, Forwarded, Target } from './forward.js';
import type { FailedEvent } from './listener-file.js';

/** What `listen` tells: sentences and a line for each answer, or JSON lines that say the same, told apart by `kind`. */
export interface Screen {
  listening(target: Target, failed: readonly FailedEvent[]): void;
  forwarded(outcome: ForwardOutcome): void;
  absent(target: Target, result: Forwarded): void;
  connection(isThere: boolean, reason: string): void;
  address(event: Forwardable, target: Target): void;
  nothingYet(): void;
}

interface ForwardOutcome {
  readonly event: StreamedEvent;
  readonly forwardable: Forwardable;
  readonly result: Forwarded;
  readonly tries: number;
  readonly isTaken: boolean;
  /** No other try follows by itself. */
  readonly isLast: boolean;
}

export function createScreen(output: Output, { apiUrl, dev }: Pick<Place, 'apiUrl' | 'dev'>): Screen {
  const { paint } = output;
  return {
    listening({ url, secret }, failed) {
      const again = failed.length === 0 ? '' : `\n${failed.length} were not taken before: f sends them again.`;
      output.result(
        { kind: 'listening', server: apiUrl, forwardTo: url, failed: failed.length },
        `Events of ${apiUrl} go to ${url}\nSigned with ${secret}${again}\n${paint('gray', 'r repeats the last, f sends those that failed again, o tells the address, q ends')}\n`,
      );
    },

    forwarded({ event, forwardable: { id, name, objectId }, result, tries, isTaken, isLast }) {
      const { durationMs } = result;
      const status = result.kind === 'answered' ? result.status : null;
      const fault = result.kind === 'answered' ? null : result.fault;
      const colour = isTaken ? 'green' : 'red';
      const time = paint('gray', new Date().toTimeString().slice(0, 8));
      const note = isTaken ? '' : paint('yellow', isLast ? '  given up: f sends it again' : `  try ${tries}`);
      output.result(
        {
          kind: 'forwarded',
          at: new Date().toISOString(),
          id,
          eventId: event.id,
          type: name,
          object: objectId,
          status,
          fault,
          durationMs,
          try: tries,
          accepted: isTaken,
          givenUp: !isTaken && isLast,
        },
        `${time}  ${name.padEnd(28)}  ${objectId}  ${paint(colour, String(status ?? fault))}  ${durationMs} ms${note}`,
      );
    },

    absent({ url }, result) {
      const fault = result.kind === 'answered' ? null : result.fault;
      output.result(
        { kind: 'target_absent', forwardTo: url, fault },
        paint('yellow', `Nothing answers at ${url} (${fault}). Events wait until something does.`),
      );
    },

    connection(isThere, reason) {
      output.result(
        { kind: isThere ? 'connected' : 'disconnected', server: apiUrl, reason: reason || null },
        isThere
          ? paint('green', `${apiUrl} is back.`)
          : paint('yellow', `${reason}\nTrying again until it does; no event is lost.`),
      );
    },

    address({ id }, { dialect }) {
      const events = dialect === 'payjp' ? '/v2/events' : '/operator/v1/events';
      const address = dev?.dashboardUrl ? `${dev.dashboardUrl}/events/${id}` : `${apiUrl}${events}/${id}`;
      output.result({ kind: 'address', id, address }, `${address}   (onfile get ${id})`);
    },

    nothingYet() {
      output.result({ kind: 'nothing_yet' }, 'No event has come yet.');
    },
  };
}
