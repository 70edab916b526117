import { setTimeout as wait } from 'node:timers/promises';
import type { Step } from '../script.js';
import { json, type Reply, render } from './reply.js';
import type { Exchange } from './server.js';

/** Lets `act` happen and be answered as the step says; without a step, at once and in full. */
export async function answerAsScripted(
  exchange: Exchange,
  step: Step | undefined,
  act: () => Reply,
): Promise<Reply | undefined> {
  const { processor, response } = exchange;
  switch (step?.behaviour) {
    case 'delay':
      await pause(exchange, step.ms, 'whether or not the caller is there');
      return act();
    case 'hang':
      await pause(exchange, step.ms, 'while the caller is there');
      return drop(exchange);
    case 'reset_before':
      return reset(exchange);
    case 'error_before':
      return SERVER_ERROR;
  }

  const reply = act();
  await processor.settled();
  switch (step?.behaviour) {
    case 'reset_after':
      return reset(exchange);
    case 'error_after':
      return SERVER_ERROR;
    case 'lose_reply':
      await pause(exchange, step.ms, 'while the caller is there');
      return drop(exchange);
    case 'trickle':
      return trickle(exchange, reply, step.ms);
    case 'truncate': {
      const { status, headers, text } = render(reply);
      response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
      response.write(text.slice(0, text.length / 2), () => drop(exchange));
      return undefined;
    }
    case 'garbage':
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('<!doctype html><title>Welcome</title>');
      return undefined;
    case 'odd_status':
      return json(200, { ...(reply.kind === 'json' ? reply.body : {}), status: 'sideways' });
    default:
      return reply;
  }
}

const SERVER_ERROR = json(500, { error: { code: 'internal_error', message: 'A simulated failure' } });

const PIECES = 8;

async function trickle(exchange: Exchange, reply: Reply, ms: number): Promise<undefined> {
  const { status, headers, text } = render(reply);
  const { response } = exchange;
  const length = Math.ceil(text.length / PIECES);
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  for (let from = 0; from < text.length && !response.destroyed; from += length) {
    await pause(exchange, ms / PIECES, 'while the caller is there');
    response.write(text.slice(from, from + length));
  }
  response.end();
}

async function pause(
  { script, response }: Exchange,
  ms: number,
  until: 'while the caller is there' | 'whether or not the caller is there',
): Promise<void> {
  const gone = new AbortController();
  const onClose = () => gone.abort();
  if (until === 'while the caller is there') response.once('close', onClose);
  try {
    await wait(ms, undefined, { signal: AbortSignal.any([script.cleared, gone.signal]) });
  } catch {
    // Cleared, or nobody waits any more: go on at once.
  } finally {
    response.off('close', onClose);
  }
}

function drop({ response }: Exchange): undefined {
  response.destroy();
}

function reset({ request }: Exchange): undefined {
  request.socket.resetAndDestroy();
}
