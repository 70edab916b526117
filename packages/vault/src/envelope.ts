import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Mode, Scope, Uuid } from '@onfile/core';
import { lengthPrefixed } from './length-prefixed.js';
import { ownBytes, type Secret, wipe } from './secret.js';
import { uuidFromBytes, uuidToBytes } from './uuid-bytes.js';

/** What an envelope belongs to. It opens in no other place: not on another row, merchant, mode or field. */
export interface Binding {
  readonly scope: Scope;
  readonly paymentMethodId: Uuid;
  readonly field: 'card_number';
}

/** The merchant's key that an envelope is sealed with; its name and version stand in the envelope. */
export interface MerchantKey {
  readonly id: Uuid;
  readonly version: number;
  readonly key: Secret<'merchant-key'>;
}

/**
 * Nothing more is said, whatever the reason: a wrong key, a moved row, a flipped bit, an unknown format. A hint would
 * tell a forger how far they came.
 */
export class UnreadableEnvelope extends Error {
  override readonly name = 'UnreadableEnvelope';
  constructor() {
    super('A sealed value could not be opened.');
  }
}

/** The longest message that fits: 256 bytes less the two that hold its length. */
export const MESSAGE_BYTES_MAX = 254;

/**
 * Seals a message with a data key of its own, which is wrapped by the merchant's key. Layout, big-endian:
 *
 *     magic "PV" | format=1 | suite=1 | key id (16) | key version u32
 *     | wrap nonce (12) wrapped data key (32) wrap tag (16) | commitment (32) | nonce (12) | ciphertext (256) | tag (16)
 *
 * Suite 1 is AES-256-GCM. GCM does not commit to its key (one ciphertext can be made to open under two), so the data key's
 * commitment is stored, and compared before anything is decrypted. The key version is bound by the wrapping alone:
 * wrapping again under a new version leaves the card's ciphertext as it is.
 * The message may be any bytes up to {@link MESSAGE_BYTES_MAX}; it is padded, so that the length tells nothing.
 */
export function sealEnvelope(
  message: Uint8Array,
  binding: Binding,
  { id, version, key }: MerchantKey,
  random: (bytes: number) => Buffer = randomBytes,
): Buffer {
  const body = bodyData(binding);
  const dataKey = random(KEY_BYTES);
  const padded = pad(message);
  try {
    const header = Buffer.concat([MAGIC, Buffer.of(FORMAT, SUITE), uuidToBytes(id), u32(version)]);
    const wrapped = key.useAsKey((own) => encrypt(own, random(NONCE_BYTES), wrapData(body, id, version), dataKey));
    const { encryptionKey, commitment } = deriveFrom(dataKey, body);
    return Buffer.concat([header, wrapped, commitment, encrypt(encryptionKey, random(NONCE_BYTES), body, padded)]);
  } finally {
    wipe(dataKey, padded);
  }
}

/** Which key an envelope asks for. Not authenticated yet: a false name leads to a key that does not open it. */
export function readKeyName(envelope: Uint8Array): Pick<MerchantKey, 'id' | 'version'> {
  const parts = split(envelope);
  return { id: uuidFromBytes(parts.keyId), version: Buffer.from(parts.keyVersion).readUInt32BE() };
}

/** The message, as memory that the caller wipes. Throws {@link UnreadableEnvelope}, and nothing else. */
export function openEnvelope(envelope: Uint8Array, binding: Binding, { id, version, key }: MerchantKey): Buffer {
  const parts = split(envelope);
  const body = bodyData(binding);
  let dataKey: Buffer | undefined;
  let padded: Buffer | undefined;
  try {
    if (!parts.keyId.equals(uuidToBytes(id)) || !parts.keyVersion.equals(u32(version))) throw new UnreadableEnvelope();
    dataKey = key.useAsKey((own) => decrypt(own, wrapData(body, id, version), parts.wrapped));
    const { encryptionKey, commitment } = deriveFrom(dataKey, body);
    if (!timingSafeEqual(commitment, parts.commitment)) throw new UnreadableEnvelope();
    padded = decrypt(encryptionKey, body, parts.sealed);
    return unpad(padded);
  } catch {
    throw new UnreadableEnvelope();
  } finally {
    wipe(dataKey, padded);
  }
}

const MAGIC = Buffer.from('PV');
const FORMAT = 1;
const SUITE = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const COMMITMENT_BYTES = 32;
const PADDED_BYTES = 256;
const HEADER_BYTES = MAGIC.length + 2;

const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const SEALED_BYTES = NONCE_BYTES + PADDED_BYTES + TAG_BYTES;

/** The whole envelope's length: the same for every message. */
export const ENVELOPE_BYTES = HEADER_BYTES + 16 + 4 + WRAPPED_BYTES + COMMITMENT_BYTES + SEALED_BYTES;

interface Parts {
  readonly keyId: Buffer;
  readonly keyVersion: Buffer;
  readonly wrapped: Buffer;
  readonly commitment: Buffer;
  readonly sealed: Buffer;
}

function split(envelope: Uint8Array): Parts {
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  const isOurs = bytes.length === ENVELOPE_BYTES && bytes.subarray(0, MAGIC.length).equals(MAGIC);
  if (!isOurs || bytes[MAGIC.length] !== FORMAT || bytes[MAGIC.length + 1] !== SUITE) throw new UnreadableEnvelope();

  let at = HEADER_BYTES;
  const next = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  return {
    keyId: next(16),
    keyVersion: next(4),
    wrapped: next(WRAPPED_BYTES),
    commitment: next(COMMITMENT_BYTES),
    sealed: next(SEALED_BYTES),
  };
}

function bodyData({ scope, paymentMethodId, field }: Binding): Buffer {
  return lengthPrefixed([
    Buffer.of(FORMAT),
    Buffer.of(SUITE),
    uuidToBytes(scope.merchantId),
    scope.mode satisfies Mode,
    'payment_method',
    uuidToBytes(paymentMethodId),
    field,
  ]);
}

function wrapData(body: Uint8Array, keyId: Uuid, keyVersion: number): Buffer {
  return Buffer.concat([body, lengthPrefixed([uuidToBytes(keyId), u32(keyVersion)])]);
}

/**
 * HKDF-SHA256 without a salt, one block of it for each use (RFC 5869, 2.2 and 2.3). As HMACs it takes less than half the time of
 * `hkdfSync`, which looks for its algorithm by name each time.
 */
function deriveFrom(dataKey: Uint8Array, body: Uint8Array): { encryptionKey: KeyObject; commitment: Buffer } {
  const pseudorandomKey = asKey(createHmac('sha256', NO_SALT).update(dataKey).digest());
  const expand = (use: 'enc|' | 'commit|') =>
    createHmac('sha256', pseudorandomKey).update(use).update(body).update(FIRST_BLOCK).digest();
  return { encryptionKey: asKey(expand('enc|')), commitment: expand('commit|') };
}

/** Takes the bytes over, into memory that is zeroed when the key is freed. */
function asKey(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  wipe(bytes);
  return key;
}

const NO_SALT = createSecretKey(Buffer.alloc(0));
const FIRST_BLOCK = Buffer.of(1);

function encrypt(key: KeyObject, nonce: Uint8Array, data: Uint8Array, message: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(data);
  return Buffer.concat([nonce, cipher.update(message), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: KeyObject, data: Uint8Array, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(data).setAuthTag(sealed.subarray(-TAG_BYTES));
  const message = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return message;
  } catch (cause) {
    wipe(message);
    throw cause;
  }
}

function pad(message: Uint8Array): Buffer {
  if (message.length > MESSAGE_BYTES_MAX) {
    throw new RangeError(`A message to seal has at most ${MESSAGE_BYTES_MAX} bytes; this one has ${message.length}.`);
  }
  const padded = Buffer.alloc(PADDED_BYTES);
  padded.writeUInt16BE(message.length);
  padded.set(message, 2);
  return padded;
}

function unpad(padded: Buffer): Buffer {
  const length = padded.readUInt16BE();
  if (length > MESSAGE_BYTES_MAX) throw new UnreadableEnvelope();
  const message = ownBytes(length);
  message.set(padded.subarray(2, 2 + length));
  return message;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
