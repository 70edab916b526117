import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../testing/test-vault.js';
import { Secret } from '../secret.js';
import { FileKeyProvider, openFileKeyProvider } from './file-key-provider.js';
import { type KeyFileEntry, renderKeyFile } from './key-file.js';
import { KeyProviderFault, PURPOSES } from './key-provider.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let path: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
  path = join(directory.path, 'keys', 'vault.keys');
});
afterEach(() => directory.remove());

const CONTEXT = { use: 'merchant-key', merchant: 'm', key: 'k', version: '1' };
const open = (log: (event: object) => void = () => {}) => openFileKeyProvider({ path, log });
const shown = (secret: Secret) => secret.use((bytes) => Buffer.from(bytes).toString('hex'));

describe('the key file', () => {
  test('is created on first start for its owner alone, and that is logged without a key', async () => {
    const events: object[] = [];
    await open((event) => events.push(event));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory.path, 'keys'))).mode & 0o777).toBe(0o700);
    expect(events).toEqual([{ event: 'key_file_created', path }]);
  });

  test('is read on every later start, and left as it is', async () => {
    const { key, wrapped } = await (await open()).generate(CONTEXT);
    const written = await readFile(path);
    const events: object[] = [];
    const again = await open((event) => events.push(event));
    expect(shown(await again.unwrap(wrapped, CONTEXT))).toBe(shown(key));
    expect((await readFile(path)).equals(written)).toBe(true);
    expect(events).toEqual([]);
  });

  test('is one file for processes that start at once, with nothing left beside it', async () => {
    const events: object[] = [];
    const providers = await Promise.all(Array.from({ length: 16 }, () => open((event) => events.push(event))));
    const macs = await Promise.all(providers.map((provider) => provider.mac('fingerprint', 1, CONTEXT)));
    expect(new Set(macs.map(shown)).size).toBe(1);
    expect(events).toHaveLength(1);
    expect(await readdir(join(directory.path, 'keys'))).toEqual(['vault.keys']);
  });

  test('holds other keys for every installation and purpose', async () => {
    const first = await open();
    path = join(directory.path, 'other.keys');
    const second = await open();
    const macs = await Promise.all(
      [first, second].flatMap((provider) => PURPOSES.map((purpose) => provider.mac(purpose, 1, CONTEXT))),
    );
    expect(new Set(macs.map(shown)).size).toBe(2 * PURPOSES.length);
  });

  for (const mode of [0o640, 0o604, 0o660, 0o610, 0o777]) {
    test(`is refused when others may use it (mode ${mode.toString(8)}), with what to do`, async () => {
      await open();
      await chmod(path, mode);
      await expect(open()).rejects.toThrow(`chmod 600 '${path}'`);
    });
  }

  test('is refused when the file behind a link may be used by others', async () => {
    await open();
    await chmod(path, 0o644);
    const target = path;
    path = join(directory.path, 'link.keys');
    await symlink(target, path);
    await expect(open()).rejects.toThrow('chmod 600');
  });

  const damages: readonly (readonly [string, (contents: Buffer) => Buffer])[] = [
    ['empty', () => Buffer.alloc(0)],
    ['torn in the middle', (contents) => contents.subarray(0, contents.length / 2)],
    ['torn at its last byte', (contents) => contents.subarray(0, -1)],
    ['longer than it was', (contents) => Buffer.concat([contents, Buffer.of(0)])],
    ['changed in a key', (contents) => withByteChanged(contents, 130)],
    ['changed in its check sum', (contents) => withByteChanged(contents, contents.length - 1)],
    ['something else', () => Buffer.from('{"root":"…"}')],
    ['much too large', () => Buffer.alloc(1024 * 1024)],
    ['without a record', () => renderKeyFile([])],
    ['without a purpose key', () => renderKeyFile([anEntry('root', 1, 'active', 0)])],
    ['with two active versions', () => renderKeyFile([...ENTRIES, anEntry('root', 2, 'active', 0)])],
  ];
  for (const [what, damage] of damages) {
    test(`is refused when it is ${what}, and left as it is`, async () => {
      await open();
      const damaged = damage(await readFile(path));
      await writeFile(path, damaged);
      const fault = await open().catch((cause: unknown) => cause);
      expect(fault).toBeInstanceOf(KeyProviderFault);
      expect(fault).toMatchObject({ code: 'unusable', message: expect.stringContaining('left as it is') });
      expect((await readFile(path)).equals(damaged)).toBe(true);
    });
  }

  test('that cannot be created is a fault that names the file', async () => {
    const blocked = join(directory.path, 'a-file');
    await writeFile(blocked, '');
    path = join(blocked, 'vault.keys');
    await expect(open()).rejects.toThrow(path);
  });
});

describe('the keys of a file', () => {
  test('open what they wrapped, in the same context only', async () => {
    const provider = await open();
    const { key, wrapped } = await provider.generate(CONTEXT);
    expect(key.use((bytes) => bytes.length)).toBe(32);
    expect(shown(await provider.unwrap(wrapped, CONTEXT))).toBe(shown(key));
    for (const change of [{ merchant: 'x' }, { key: 'x' }, { version: '2' }, { more: '' }]) {
      await expect(provider.unwrap(wrapped, { ...CONTEXT, ...change })).rejects.toThrow(KeyProviderFault);
    }
  });

  test('do not open a wrapped key with any byte of it changed', async () => {
    const provider = await open();
    const { wrapped } = await provider.generate(CONTEXT);
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = Buffer.from(wrapped);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(provider.unwrap(changed, CONTEXT), `byte ${at}`).rejects.toThrow(KeyProviderFault);
    }
    await expect(provider.unwrap(wrapped.subarray(1), CONTEXT)).rejects.toThrow(KeyProviderFault);
  });

  test('of an older version still open what they wrapped, and rewrapping puts it under the active one', async () => {
    const before = new FileKeyProvider(ENTRIES.map(copy));
    const rotated = [
      anEntry('root', 1, 'decrypt_only', 0),
      anEntry('root', 2, 'active', 10),
      ...ENTRIES.slice(1).map(copy),
    ];
    const after = new FileKeyProvider(rotated);
    const { key, wrapped } = await before.generate(CONTEXT);

    expect(shown(await after.unwrap(wrapped, CONTEXT))).toBe(shown(key));
    const rewrapped = await after.rewrap(wrapped, CONTEXT);
    expect(shown(await after.unwrap(rewrapped, CONTEXT))).toBe(shown(key));
    await expect(before.unwrap(rewrapped, CONTEXT)).rejects.toThrow(KeyProviderFault);
  });

  test('of a destroyed version open nothing', async () => {
    const { wrapped } = await new FileKeyProvider(ENTRIES.map(copy)).generate(CONTEXT);
    const entries = [
      anEntry('root', 1, 'destroyed', 0),
      anEntry('root', 2, 'active', 10),
      ...ENTRIES.slice(1).map(copy),
    ];
    await expect(new FileKeyProvider(entries).unwrap(wrapped, CONTEXT)).rejects.toThrow('no usable version 1');
  });

  test('are told of by version and state, and are not fit for live cards', async () => {
    const { isFitForLiveCards, root, purposes } = await (await open()).status();
    expect(isFitForLiveCards).toBe(false);
    expect(root).toEqual([{ version: 1, state: 'active', activeFrom: 0 }]);
    expect(Object.keys(purposes).sort()).toEqual([...PURPOSES].sort());
  });

  test('are not printed with their provider', async () => {
    const provider = new FileKeyProvider(ENTRIES.map(copy));
    expect(inspect(provider, { showHidden: true, depth: 9 })).not.toMatch(/01 01 01|1, 1, 1/);
    expect(JSON.stringify(provider)).toBe('{}');
  });

  test('do nothing more once they are closed', async () => {
    const provider = await open();
    provider.close();
    await expect(provider.generate(CONTEXT)).rejects.toThrow('wiped');
  });
});

const ENTRIES = (['root', ...PURPOSES] as const).map((owner) => anEntry(owner, 1, 'active', 0));

function anEntry(
  owner: KeyFileEntry['owner'],
  version: number,
  state: KeyFileEntry['state'],
  activeFrom: number,
): KeyFileEntry {
  const key = Buffer.alloc(32, ['root', ...PURPOSES].indexOf(owner) + version);
  return { owner, version, state, activeFrom, key: new Secret('file-key', key) };
}

function copy({ owner, version, state, activeFrom }: KeyFileEntry): KeyFileEntry {
  return anEntry(owner, version, state, activeFrom);
}

function withByteChanged(contents: Buffer, at: number): Buffer {
  contents[at] = (contents[at] ?? 0) ^ 1;
  return contents;
}
