import type { Readable } from 'node:stream';
import { ownBytes, wipe } from '../secret.js';

export type BodyProblem =
  | 'too_large'
  | 'too_slow'
  /** Another number of bytes came than the request announced. */
  | 'wrong_length'
  /** The client went away, or its connection broke. */
  | 'broken_off';

export type ReadBody =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'problem'; readonly problem: BodyProblem };

export interface BodyLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
  /** The request's Content-Length; `null` when it has none. */
  readonly contentLength: number | null;
}

/**
 * Reads a request's body into one buffer that the caller owns and wipes, and zeroes every piece on its way. After a
 * problem whatever still comes is zeroed and dropped, so that the client gets to read the answer; it goes on until the
 * caller has answered and closes the connection.
 */
export function readBody(stream: Readable, { bytesMax, timeoutMs, contentLength }: BodyLimits): Promise<ReadBody> {
  if (stream.destroyed) return Promise.resolve({ kind: 'problem', problem: 'broken_off' });
  if (contentLength !== null && contentLength > bytesMax) {
    dropRest(stream);
    return Promise.resolve({ kind: 'problem', problem: 'too_large' });
  }
  return new Promise((resolve) => {
    // Allocated once: a buffer that grows leaves its former selves behind. Never from the pool that others share.
    const body = ownBytes(contentLength ?? bytesMax);
    let received = 0;

    const onData = (chunk: Uint8Array) => {
      const end = received + chunk.length;
      if (end <= body.length) body.set(chunk, received);
      wipe(chunk);
      if (end > body.length) return fail(contentLength === null ? 'too_large' : 'wrong_length');
      received = end;
    };
    const onEnd = () => {
      if (contentLength !== null && received !== contentLength) return fail('wrong_length');
      settle({ kind: 'read', bytes: body.subarray(0, received) });
    };
    const onBreak = () => fail('broken_off');
    const timer = setTimeout(() => fail('too_slow'), timeoutMs);

    function fail(problem: BodyProblem): void {
      wipe(body);
      dropRest(stream);
      settle({ kind: 'problem', problem });
    }
    function settle(result: ReadBody): void {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('close', onBreak).off('error', onBreak);
      // Without a listener, a connection that breaks from now on would end the process.
      stream.on('error', () => {});
      resolve(result);
    }
    stream.on('end', onEnd).on('close', onBreak).on('error', onBreak).on('data', onData);
  });
}

function dropRest(stream: Readable): void {
  stream.on('data', (chunk: Uint8Array) => wipe(chunk));
  stream.on('error', () => {});
}
