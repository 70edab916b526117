import { createSecretKey, type KeyObject } from 'node:crypto';

/**
 * Bytes that must not be seen. However it is printed, serialized, cloned or spread, at most its kind comes out; `use` and
 * `useAsKey` are the only ways to the bytes.
 */
export class Secret<Kind extends string = string> {
  readonly #kind: Kind;
  readonly #bytes: Buffer;
  #key: KeyObject | null = null;
  #isWiped = false;

  /** Takes the bytes over: they are copied into memory that nothing else shares, and the given ones are wiped. */
  constructor(kind: Kind, bytes: Uint8Array) {
    this.#kind = kind;
    this.#bytes = ownBytes(bytes.length);
    this.#bytes.set(bytes);
    bytes.fill(0);
  }

  get kind(): Kind {
    return this.#kind;
  }

  get isWiped(): boolean {
    return this.#isWiped;
  }

  /**
   * Lends the bytes for the length of one synchronous call. They are the secret's own memory, not a copy: whoever keeps
   * them sees zeros after `wipe`. Throws once wiped, and when the call tries to hand the bytes on.
   */
  use<T>(fn: (bytes: Uint8Array) => T): T {
    this.#requireBytes();
    const result = fn(this.#bytes);
    if (ArrayBuffer.isView(result) && result.buffer === this.#bytes.buffer) {
      throw new TypeError(`A secret's own bytes must not leave use(): ${this.#kind}. Return what was made of them.`);
    }
    return result;
  }

  /**
   * Lends the bytes as a key of `node:crypto`, for those that serve many times: it holds a copy outside of JavaScript's memory,
   * which is zeroed when it is freed. Node 24 spends four times as long on an HMAC whose key comes as bytes.
   */
  useAsKey<T>(fn: (key: KeyObject) => T): T {
    this.#requireBytes();
    this.#key ??= createSecretKey(this.#bytes);
    return fn(this.#key);
  }

  /** Zeros the bytes. Doing it again changes nothing. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#key = null;
    this.#isWiped = true;
  }

  toString(): string {
    return `[secret:${this.#kind}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  valueOf(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  // The inspector's symbol, by its registered name: what console.log and assertion messages ask for.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #requireBytes(): void {
    if (this.#isWiped) throw new WipedSecretError(this.#kind);
  }
}

/** A secret was used after it was wiped: its owner let go of it too early. */
export class WipedSecretError extends Error {
  override readonly name = 'WipedSecretError';
  constructor(kind: string) {
    super(`This secret has been wiped and cannot be used any more: ${kind}.`);
  }
}

/**
 * Zeroed memory for what has to be wiped. V8 keeps typed arrays of up to 64 bytes on its own heap, where a garbage
 * collection moves them and the first look at `buffer` copies them, each leaving digits behind that nobody can reach.
 */
export function ownBytes(length: number): Buffer {
  return Buffer.from(new ArrayBuffer(length));
}

/** Zeros what is given; gaps are skipped, so that a `finally` can name what may not have come to be. */
export function wipe(...all: readonly (Uint8Array | Secret | null | undefined)[]): void {
  for (const each of all) {
    if (each instanceof Secret) each.wipe();
    else each?.fill(0);
  }
}
