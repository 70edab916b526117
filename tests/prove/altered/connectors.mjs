import { createSimulatorConnector as create } from '@onfile/connectors';
import { hold, planted } from './points.mjs';

export * from '@onfile/connectors';

/** The real connector; each call is held before it leaves and after its answer came. */
export function createSimulatorConnector(options) {
  const settlingMs = Number(process.env.ONFILE_TEST_SETTLING_MS ?? 10_000);
  const connector = create({ ...options, settlingMs });
  return {
    ...connector,
    verify: (request) => held('verification', () => verify(connector, request)),
    lookUp: (scope, reference) => held('look-up', () => lookUp(connector, scope, reference)),
    void: (scope, reference) => held('void', () => connector.void(scope, reference)),
  };
}

async function held(name, act) {
  await hold(`before ${name}`);
  const answer = await act();
  await hold(`after ${name}`);
  return answer;
}

async function verify(connector, request) {
  const answer = await connector.verify(request);
  if (answer.kind !== 'unknown') return answer;
  if (planted === 'asks again under another key') {
    return connector.verify({ ...request, idempotencyKey: `${request.idempotencyKey}2` });
  }
  if (planted === 'takes unknown for declined') {
    return { kind: 'declined', code: 'processing_error', processorReference: null };
  }
  return answer;
}

function lookUp(connector, scope, reference) {
  if (planted === 'never finds what it asked for') return { kind: 'not_found' };
  return connector.lookUp(scope, reference);
}
