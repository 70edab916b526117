import type { Verdict, VerifyResult } from '../processor.js';
import type { Step } from '../script.js';
import type { LedgerRecord, Verification } from '../verification.js';
import { InvalidRequest, parseReference, parseVerificationRequest } from '../verification-request.js';
import { readJson } from './body.js';
import { json, type Reply, refusal } from './reply.js';
import { answerAsScripted } from './scripted.js';
import type { Exchange, Handler } from './server.js';

/** `POST /v1/verifications` */
export const verify: Handler = async (exchange) => {
  const { request, processor, script, url } = exchange;
  if (!hasSecret(exchange)) return refusal(401, 'secret_missing', 'Expected a secret by Basic or Bearer');
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    return refusal(400, 'idempotency_key_required', 'Expected an Idempotency-Key of 1 to 255 printable characters');
  }
  const verification = parseVerificationRequest(await readJson(request));
  const step = script.take('verify', {
    reference: verification.reference,
    last4: verification.card.number.slice(-4),
  });
  if (step?.behaviour === 'reject') return refusal(400, 'invalid_request', 'Rejected as scripted', 'body');
  return answerAsScripted(exchange, step, () =>
    renderVerifyResult(processor.verify(verification, key, verdictOf(step)), url),
  );
};

/** `GET /v1/verifications?reference=…` */
export const lookUpVerification: Handler = (exchange) => {
  const { query, processor, script, url } = exchange;
  if (!hasSecret(exchange)) return refusal(401, 'secret_missing', 'Expected a secret by Basic or Bearer');
  const reference = parseReference(query.get('reference'));
  const step = script.take('look_up', subjectOf(exchange, reference));
  return answerAsScripted(exchange, step, () => {
    const found = step?.behaviour === 'not_found_early' ? undefined : processor.lookUp(reference);
    if (!found) return refusal(404, 'verification_not_found', 'No verification has this reference', 'reference');
    return json(200, found === 'voided' ? { reference, status: 'voided' } : renderVerification(found, url));
  });
};

/** `POST /v1/verifications/void` */
export const voidVerification: Handler = async (exchange) => {
  const { request, processor, script, url } = exchange;
  if (!hasSecret(exchange)) return refusal(401, 'secret_missing', 'Expected a secret by Basic or Bearer');
  const reference = parseReference(((await readJson(request)) as { reference?: unknown } | null)?.reference);
  const step = script.take('void', subjectOf(exchange, reference));
  return answerAsScripted(exchange, step, () => {
    const result = processor.void(reference);
    return json(200, result === 'voided' ? { reference, status: 'voided' } : renderVerification(result, url));
  });
};

const RECORDS_MAX = 10_000;

/** `GET /v1/ledger?reference=…&type=…`: the newest 10,000 records that match, oldest first, and how many match in all. */
export const showLedger: Handler = async ({ query, processor }) => {
  const limit = Number(query.get('limit') ?? RECORDS_MAX);
  if (!Number.isInteger(limit) || limit < 0 || limit > RECORDS_MAX) {
    throw new InvalidRequest('limit', `a whole number up to ${RECORDS_MAX}`);
  }
  const reference = query.get('reference');
  const type = query.get('type');
  const { total, records } = await processor.select(
    (record) => (reference ?? record.reference) === record.reference && (type ?? record.type) === record.type,
    limit,
  );
  return json(200, { total, records: records.map(renderRecord) });
};

// Without the return address, which may hold a secret of whoever asked.
function renderRecord(record: LedgerRecord): object {
  if (record.type !== 'verification.requested') return record;
  const { authentication, ...rest } = record;
  return { ...rest, authentication: authentication && { expiresAt: authentication.expiresAt } };
}

function hasSecret({ request }: Exchange): boolean {
  return /^(basic|bearer) +\S+$/i.test(request.headers.authorization ?? '');
}

function subjectOf({ processor }: Exchange, reference: string): { reference: string; last4?: string } {
  const known = processor.lookUp(reference);
  return known === undefined || known === 'voided' ? { reference } : { reference, last4: known.card.last4 };
}

function verdictOf(step: Step | undefined): Verdict | undefined {
  if (step?.behaviour === 'decline') return { kind: 'decline', code: step.code };
  if (step?.behaviour === 'approve' || step?.behaviour === 'challenge') return { kind: step.behaviour };
  return undefined;
}

function renderVerifyResult(result: VerifyResult, url: string): Reply {
  switch (result.kind) {
    case 'answered':
      return json(result.verification.status === 'declined' ? 402 : 200, renderVerification(result.verification, url));
    case 'idempotency_conflict':
      return refusal(409, 'idempotency_conflict', 'This Idempotency-Key was used for another request');
    case 'reference_voided':
      return refusal(409, 'reference_voided', 'This reference was voided', 'reference');
  }
}

function renderVerification(verification: Verification, url: string): object {
  const { id, reference, status, code, card, networkTransactionId, authentication, createdAt } = verification;
  return {
    id,
    reference,
    status,
    ...(code === null ? {} : { code }),
    ...(networkTransactionId === null ? {} : { network_transaction_id: networkTransactionId }),
    card: { brand: card.brand, last4: card.last4, country: card.country },
    checks: card.checks,
    authenticated: authentication !== null && networkTransactionId !== null,
    ...(authentication === null
      ? {}
      : { authentication: { url: `${url}/authentication/${id}`, expires_at: authentication.expiresAt } }),
    amount: 0,
    created_at: createdAt,
  };
}
