import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock, CodeOwner } from '@onfile/core';
import type { SecurityCode } from './card-number.js';
import { ExpiringMap } from './expiring-map.js';
import { lengthPrefixed } from './length-prefixed.js';
import { Secret, wipe } from './secret.js';

export interface HeldCodesOptions {
  readonly clock: Clock;
  readonly countMax: number;
}

/** A code that nobody asked for within this time is gone. */
export const CODE_LIFETIME_MS = 10 * 60 * 1000;

/**
 * Security codes on their way to the processor: in this process's memory only, sealed under a key that dies with it,
 * handed out once.
 */
export class HeldCodes {
  readonly #codes: ExpiringMap<string, Buffer>;
  readonly #key = new Secret('code-key', randomBytes(32));

  constructor({ clock, countMax }: HeldCodesOptions) {
    this.#codes = new ExpiringMap({
      clock,
      lifetimeMs: CODE_LIFETIME_MS,
      countMax,
      wipe: (sealed) => wipe(sealed),
      whenFull: 'refuse',
    });
  }

  hasRoom(): boolean {
    return this.#codes.hasRoom();
  }

  /** Keeps a sealed copy, in place of an earlier one of the same owner. Answers whether there was room. */
  hold(code: SecurityCode, owner: CodeOwner): boolean {
    const sealed = code.use((digits) => this.#seal(digits, owner));
    return this.#codes.set(nameOf(owner), sealed);
  }

  /** The code, which nobody gets again; `null` when there is none, or no more. */
  take(owner: CodeOwner): SecurityCode | null {
    const sealed = this.#codes.take(nameOf(owner));
    if (sealed === null) return null;
    try {
      return this.#open(sealed, owner);
    } finally {
      wipe(sealed);
    }
  }

  forget(owner: CodeOwner): void {
    wipe(this.#codes.take(nameOf(owner)));
  }

  sweep(): void {
    this.#codes.sweep();
  }

  close(): void {
    this.#codes.clear();
    this.#key.wipe();
  }

  #seal(digits: Uint8Array, owner: CodeOwner): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    return this.#key.useAsKey((key) => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(bytesOf(owner));
      return Buffer.concat([nonce, cipher.update(digits), cipher.final(), cipher.getAuthTag()]);
    });
  }

  #open(sealed: Buffer, owner: CodeOwner): SecurityCode {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const digits = this.#key.useAsKey((key) => {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(bytesOf(owner)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      decipher.final();
      return opened;
    });
    return new Secret('security-code', digits);
  }
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function nameOf(owner: CodeOwner): string {
  return bytesOf(owner).toString('latin1');
}

function bytesOf({ scope, paymentMethodId, attemptId }: CodeOwner): Buffer {
  return lengthPrefixed([scope.merchantId, scope.mode, paymentMethodId, attemptId]);
}
