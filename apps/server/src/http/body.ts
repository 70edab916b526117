import { hash } from 'node:crypto';
import type { CardReference } from '@onfile/core';
import { type CardPaths, type LocalVault, readBody, scanJson } from '@onfile/vault';
import { readContentType } from './content-type.js';
import { type Checked, type CheckFailed, fault, type HttpRequest, ok } from './http-route.js';
import { BODY_BYTES_MAX, BODY_TIMEOUT_MS, CARD_BODY_BYTES_MAX } from './limits.js';
import { hasBody } from './unread-body.js';

/** A request's body after everything but its meaning was checked. */
export interface ReadJson {
  /** `undefined` when there was none. */
  readonly json: unknown;
  /** Stands for the bytes as they came, where requests are compared; `null` when there were none. */
  readonly digest: Uint8Array | null;
  /** The card that the vault holds for this request, to be discarded at its end. */
  readonly card: CardReference | null;
}

type BodyVault = Pick<LocalVault, 'takeCardFromJson'>;

/**
 * Reads JSON. Its bytes are scanned strictly before any of them becomes a string; where the route has card fields, the
 * vault takes them out first. No byte is left in memory afterwards, and no answer repeats one. A body that is not
 * expected is not looked at.
 */
export async function readJson(
  request: HttpRequest,
  vault: BodyVault,
  cardPaths: CardPaths | null,
  { isExpected }: { readonly isExpected: boolean },
): Promise<Checked<ReadJson>> {
  if (!isExpected || !hasBody(request.raw)) return ok(NO_BODY);
  const { mediaType, isPlainUtf8 } = readContentType(request.raw);
  if (!isPlainUtf8 || (mediaType !== null && mediaType !== 'application/json')) return fault('unsupported_media_type');

  const read = await readBytes(request, cardPaths === null ? BODY_BYTES_MAX : CARD_BODY_BYTES_MAX);
  if (read.kind === 'fault') return read;
  const bytes = read.value;
  try {
    if (bytes.length === 0) return ok(NO_BODY);
    if (mediaType === null)
      return fault('unsupported_media_type', 'A body needs the header Content-Type: application/json.');
    return cardPaths === null ? readPlainJson(bytes) : readCardJson(bytes, vault, cardPaths);
  } finally {
    bytes.fill(0);
  }
}

/** Reads a body whole; it is the caller's to wipe. */
export async function readBytes({ raw }: HttpRequest, bytesMax: number): Promise<Checked<Buffer>> {
  const announced = raw.headers['content-length'];
  const contentLength = announced === undefined ? null : Number(announced);
  const read = await readBody(raw, { bytesMax, timeoutMs: BODY_TIMEOUT_MS, contentLength });
  return read.kind === 'read' ? ok(read.bytes) : BODY_FAULTS[read.problem];
}

const BODY_FAULTS = {
  too_large: fault('body_too_large'),
  too_slow: fault('request_timeout'),
  wrong_length: fault('malformed_body', 'The body has another length than Content-Length says.'),
  broken_off: fault('request_timeout', 'The connection ended before the body did.'),
} as const satisfies Record<string, CheckFailed>;

const NO_BODY: ReadJson = { json: undefined, digest: null, card: null };

function readPlainJson(bytes: Buffer): Checked<ReadJson> {
  const problem = scanJson(bytes);
  if (problem !== null) return faultOf(problem);
  // There is no card in them, and this digest stays here: a key is needed only for what is stored.
  return ok({ json: JSON.parse(bytes.toString()), digest: hash('sha256', bytes, 'buffer'), card: null });
}

function readCardJson(bytes: Buffer, vault: BodyVault, paths: CardPaths): Checked<ReadJson> {
  const taken = vault.takeCardFromJson(bytes, paths);
  if (taken.kind === 'problem') return faultOf(taken.problem);
  return ok({ json: JSON.parse(taken.body.toString()), digest: taken.bodyDigest, card: taken.reference });
}

/** What is wrong and where, by the names of keys; never what stands there. */
export function faultOf({ code, path }: { readonly code: string; readonly path: string }): CheckFailed {
  if (code === 'busy') return fault('storage_unavailable', 'The vault holds as many cards at once as it may.');
  const where = path === '' ? '' : ` At: ${path}.`;
  if (code === 'card_number_found') {
    return fault(
      'sensitive_data_not_allowed',
      `A card number was found where none belongs.${where} Nothing was stored.`,
    );
  }
  return fault('malformed_body', `${SENTENCES[code] ?? 'The body is malformed.'}${where}`);
}

const SENTENCES: Readonly<Record<string, string>> = {
  invalid_utf8: 'The body is not UTF-8.',
  byte_order_mark: 'The body begins with a byte order mark.',
  invalid_json: 'The body is not JSON.',
  too_deep: 'The body is nested too deeply: 16 levels at most.',
  too_many_keys: 'The body has too many keys: 1,000 at most.',
  duplicate_key: 'A key occurs twice in one object.',
  forbidden_key: 'A key with this name is not accepted.',
  number_out_of_range: 'A number is too large.',
  lone_surrogate: 'A string holds half of a surrogate pair.',
  nul_character: 'A string holds a NUL character.',
};
