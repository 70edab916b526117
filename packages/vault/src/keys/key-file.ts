import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { constants, type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Instant } from '@onfile/core';
import { Secret, wipe } from '../secret.js';
import { KeyProviderFault, type KeyVersion, PURPOSES, type Purpose } from './key-provider.js';

export interface KeyFileEntry extends KeyVersion {
  readonly owner: 'root' | Purpose;
  readonly key: Secret<'file-key'>;
}

/**
 * Reads the keys, creating the file first when there is none. Of several processes that start at once, one creates it and
 * all read the same keys. A file that is torn, garbled or readable by others is refused and left as it is: keys that are
 * overwritten take every sealed card with them.
 *
 * The file is a line of text for whoever opens it, then records of 48 bytes (owner u8, state u8, two zeros, version u32,
 * active from u64, key 32 bytes), then the SHA-256 of all that. Binary, so that no key becomes a string on its way.
 */
export async function readOrCreateKeyFile(
  path: string,
): Promise<{ readonly entries: readonly KeyFileEntry[]; readonly wasCreated: boolean }> {
  const existing = await readKeyFile(path);
  if (existing !== null) return { entries: existing, wasCreated: false };

  const wasCreated = await createKeyFile(path);
  const entries = await readKeyFile(path);
  if (entries === null) throw unusable(`The key file ${path} disappeared while it was being created.`);
  return { entries, wasCreated };
}

/** The file's contents for these keys. Exported for tests of files with several versions. */
export function renderKeyFile(entries: readonly KeyFileEntry[]): Buffer {
  const contents = Buffer.alloc(TITLE.length + entries.length * RECORD_BYTES + CHECKSUM_BYTES);
  contents.set(TITLE);
  entries.forEach((entry, index) => {
    renderRecord(entry, contents.subarray(TITLE.length + index * RECORD_BYTES));
  });
  contents.set(checksumOf(contents), contents.length - CHECKSUM_BYTES);
  return contents;
}

const TITLE = Buffer.from('Onfile keys, format 1. Keep secret, keep a copy: without it no saved card opens.\n');
const RECORD_BYTES = 48;
const CHECKSUM_BYTES = 32;
const KEY_BYTES = 32;
const FILE_BYTES_MAX = 64 * 1024;
const OWNERS = ['root', ...PURPOSES] as const;
const STATES = ['active', 'decrypt_only', 'destroyed'] as const;

async function readKeyFile(path: string): Promise<readonly KeyFileEntry[] | null> {
  const file = await openToRead(path);
  if (file === null) return null;

  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw unusable(`Others than its owner may use the key file ${path}. Run: chmod 600 '${path}'`);
    }
    if (size > FILE_BYTES_MAX) throw notAKeyFile(path);
    return parseKeyFile(await readWhole(file, size), path);
  } finally {
    await file.close();
  }
}

async function openToRead(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unusable(`The key file ${path} cannot be read (${codeOf(cause)}).`, cause);
  }
}

async function readWhole(file: FileHandle, size: number): Promise<Buffer> {
  const contents = Buffer.alloc(size);
  const { bytesRead } = await file.read(contents, 0, size, 0);
  return contents.subarray(0, bytesRead);
}

function parseKeyFile(contents: Buffer, path: string): readonly KeyFileEntry[] {
  try {
    const recordBytes = contents.length - TITLE.length - CHECKSUM_BYTES;
    const isWhole = recordBytes > 0 && recordBytes % RECORD_BYTES === 0 && contents.indexOf(TITLE) === 0;
    if (!isWhole || !timingSafeEqual(checksumOf(contents), contents.subarray(-CHECKSUM_BYTES))) {
      throw notAKeyFile(path);
    }
    const entries = Array.from({ length: recordBytes / RECORD_BYTES }, (_, index) =>
      parseRecord(contents.subarray(TITLE.length + index * RECORD_BYTES), path),
    );
    for (const owner of OWNERS) {
      const active = entries.filter((entry) => entry.owner === owner && entry.state === 'active');
      if (active.length !== 1) throw notAKeyFile(path);
    }
    return entries;
  } finally {
    wipe(contents);
  }
}

function parseRecord(record: Buffer, path: string): KeyFileEntry {
  const owner = OWNERS[record.readUInt8(0)];
  const state = STATES[record.readUInt8(1)];
  if (owner === undefined || state === undefined) throw notAKeyFile(path);
  return {
    owner,
    state,
    version: record.readUInt32BE(4),
    activeFrom: Number(record.readBigUInt64BE(8)) satisfies Instant,
    key: new Secret('file-key', record.subarray(16, 16 + KEY_BYTES)),
  };
}

function renderRecord({ owner, state, version, activeFrom, key }: KeyFileEntry, record: Buffer): void {
  record.writeUInt8(OWNERS.indexOf(owner), 0);
  record.writeUInt8(STATES.indexOf(state), 1);
  record.writeUInt32BE(version, 4);
  record.writeBigUInt64BE(BigInt(activeFrom), 8);
  key.use((bytes) => {
    record.set(bytes, 16);
  });
}

function checksumOf(contents: Buffer): Buffer {
  return createHash('sha256').update(contents.subarray(0, -CHECKSUM_BYTES)).digest();
}

/** Answers whether it was this process that created the file. */
async function createKeyFile(path: string): Promise<boolean> {
  const entries = OWNERS.map(
    (owner): KeyFileEntry => ({
      owner,
      state: 'active',
      version: 1,
      activeFrom: 0,
      key: new Secret('file-key', randomBytes(KEY_BYTES)),
    }),
  );
  const contents = renderKeyFile(entries);
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(draft, contents);
    return await nameOnce(draft, path);
  } catch (cause) {
    throw unusable(`The key file ${path} cannot be created (${codeOf(cause)}).`, cause);
  } finally {
    wipe(contents, ...entries.map(({ key }) => key));
  }
}

async function writeDurably(path: string, contents: Buffer): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Gives the finished file its name. A link and not a rename: a rename would put our keys in the place of those that another
 * process created a moment before, and may have sealed with.
 */
async function nameOnce(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  } finally {
    await unlink(draft);
    await syncDirectory(dirname(path));
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function notAKeyFile(path: string): KeyProviderFault {
  return unusable(
    `${path} is not a whole Onfile key file, and has been left as it is. Put a copy of the right one in its place; move it away only if no card was ever saved with it.`,
  );
}

function unusable(message: string, cause?: unknown): KeyProviderFault {
  return new KeyProviderFault('unusable', message, cause);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}
