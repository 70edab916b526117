import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { lengthPrefixed } from '../length-prefixed.js';
import { Secret, wipe } from '../secret.js';
import { type KeyFileEntry, readOrCreateKeyFile } from './key-file.js';
import {
  activeVersion,
  type KeyContext,
  type KeyProvider,
  KeyProviderFault,
  type KeyProviderStatus,
  type KeyVersion,
  PURPOSES,
  type Purpose,
} from './key-provider.js';

export interface FileKeyProviderOptions {
  /** Outside the database's directory, so that a copy of the one is not a copy of both. */
  readonly path: string;
  readonly log: (event: { readonly event: 'key_file_created'; readonly path: string }) => void;
}

/**
 * Keys in a file on this machine, mode 0600, created on first start. For development and test mode: whoever reads the
 * file reads every card. Throws {@link KeyProviderFault} `unusable` with what to do when the file cannot be used.
 */
export async function openFileKeyProvider({ path, log }: FileKeyProviderOptions): Promise<FileKeyProvider> {
  const { entries, wasCreated } = await readOrCreateKeyFile(path);
  if (wasCreated) log({ event: 'key_file_created', path });
  return new FileKeyProvider(entries);
}

export class FileKeyProvider implements KeyProvider {
  readonly #entries: readonly KeyFileEntry[];

  constructor(entries: readonly KeyFileEntry[]) {
    this.#entries = entries;
  }

  async generate(context: KeyContext): Promise<{ key: Secret<'merchant-key'>; wrapped: Uint8Array }> {
    const key = new Secret('merchant-key', randomBytes(KEY_BYTES));
    return { key, wrapped: await this.wrap(key, context) };
  }

  async wrap(key: Secret<'merchant-key'>, context: KeyContext): Promise<Uint8Array> {
    const version = activeVersion(this.#versionsOf('root'));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(FORMAT, 0);
    header.writeUInt32BE(version, 1);
    const nonce = randomBytes(NONCE_BYTES);
    return this.#keyOf('root', version).useAsKey((root) => {
      const cipher = createCipheriv('aes-256-gcm', root, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(wrapData(header, context));
      const wrapped = key.use((bytes) => Buffer.concat([cipher.update(bytes), cipher.final()]));
      return Buffer.concat([header, nonce, wrapped, cipher.getAuthTag()]);
    });
  }

  async unwrap(wrapped: Uint8Array, context: KeyContext): Promise<Secret<'merchant-key'>> {
    const bytes = Buffer.from(wrapped);
    if (bytes.length !== WRAPPED_BYTES || bytes[0] !== FORMAT) throw notOurs();

    const header = bytes.subarray(0, HEADER_BYTES);
    const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    return this.#keyOf('root', header.readUInt32BE(1)).useAsKey((root) => {
      const decipher = createDecipheriv('aes-256-gcm', root, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(wrapData(header, context)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const key = decipher.update(bytes.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES));
      try {
        decipher.final();
        return new Secret('merchant-key', key);
      } catch {
        throw notOurs();
      } finally {
        wipe(key);
      }
    });
  }

  async rewrap(wrapped: Uint8Array, context: KeyContext): Promise<Uint8Array> {
    const key = await this.unwrap(wrapped, context);
    try {
      return await this.wrap(key, context);
    } finally {
      key.wipe();
    }
  }

  async mac(purpose: Purpose, version: number, context: KeyContext): Promise<Secret<'derived-key'>> {
    return this.#keyOf(purpose, version).useAsKey(
      (key) => new Secret('derived-key', createHmac('sha256', key).update(contextBytes(context)).digest()),
    );
  }

  async status(): Promise<KeyProviderStatus> {
    const purposes = Object.fromEntries(PURPOSES.map((purpose) => [purpose, this.#versionsOf(purpose)]));
    return {
      isFitForLiveCards: false,
      root: this.#versionsOf('root'),
      purposes: purposes as Record<Purpose, readonly KeyVersion[]>,
    };
  }

  /** Wipes the keys; every later call is a fault. */
  close(): void {
    wipe(...this.#entries.map(({ key }) => key));
  }

  #versionsOf(owner: KeyFileEntry['owner']): readonly KeyVersion[] {
    return this.#entries
      .filter((entry) => entry.owner === owner)
      .map(({ version, state, activeFrom }) => ({ version, state, activeFrom }));
  }

  #keyOf(owner: KeyFileEntry['owner'], version: number): Secret<'file-key'> {
    const entry = this.#entries.find((each) => each.owner === owner && each.version === version);
    if (entry === undefined || entry.state === 'destroyed') {
      throw new KeyProviderFault('refused', `The key file has no usable version ${version} of the key: ${owner}.`);
    }
    return entry.key;
  }
}

const FORMAT = 1;
const HEADER_BYTES = 5;
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const WRAPPED_BYTES = HEADER_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;

function wrapData(header: Uint8Array, context: KeyContext): Buffer {
  return Buffer.concat([header, contextBytes(context)]);
}

function contextBytes(context: KeyContext): Buffer {
  const byName = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return lengthPrefixed(byName.flat());
}

function notOurs(): KeyProviderFault {
  return new KeyProviderFault('refused', 'A wrapped key could not be opened with the root key and context at hand.');
}
