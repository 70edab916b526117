import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Who may import whom, by folder. `*` stands for packages from the registry and for Node's own modules. */
const ARROWS: Record<string, readonly string[]> = {
  'packages/core': [],
  'packages/storage': ['packages/core', '*'],
  'packages/vault': ['packages/core', '*'],
  'packages/connectors': ['packages/core', '*'],
  'packages/dialects': ['packages/core', '*'],
  'packages/webhooks': ['packages/core', '*'],
  // The frame's card rules rest on core's table of brands, which is pure. `hosted/` is rendered by the server, on Node.
  'packages/browser': ['packages/core'],
  'apps/server': [
    'packages/core',
    'packages/storage',
    'packages/vault',
    'packages/connectors',
    'packages/dialects',
    'packages/webhooks',
    'packages/browser',
    '*',
  ],
  'apps/simulator': ['*'],
  'apps/demo': ['*'],
  // `dev` and `serve` start the other programs; `migrate` and `keys` use storage and vault. Everything else is HTTP.
  'apps/cli': [
    'packages/core',
    'packages/storage',
    'packages/vault',
    'apps/server',
    'apps/simulator',
    'apps/demo',
    '*',
  ],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly specifier: string;
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(owner: string): Import[] {
  return sourcesUnder(join(ROOT, owner, 'src')).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(
      ([, specifier]) => specifier ?? '',
    );
    return specifiers.map((specifier) => ({ file: relative(ROOT, file), from: owner, specifier }));
  });
}

/** The folder that an import leads to, or `*` for what is not ours. */
function targetOf({ file, specifier }: Import): string {
  if (specifier.startsWith('node:') && file.startsWith('packages/browser/src/hosted/')) return 'packages/browser';
  const [, workspace] = /^@onfile\/([a-z-]+)/.exec(specifier) ?? [];
  if (workspace) return Object.keys(ARROWS).find((folder) => folder.endsWith(`/${workspace}`)) ?? specifier;
  if (!specifier.startsWith('.')) return '*';
  return relative(ROOT, resolve(ROOT, dirname(file), specifier))
    .split(sep)
    .slice(0, 2)
    .join('/');
}

const owners = Object.keys(ARROWS);
const imports = owners.flatMap(importsOf);

describe('who may import whom', () => {
  test('every workspace is in the table, and nothing else', () => {
    const folders = ['packages', 'apps'].flatMap((kind) =>
      readdirSync(join(ROOT, kind)).map((name) => `${kind}/${name}`),
    );
    expect(folders.sort()).toEqual([...owners].sort());
  });

  for (const owner of owners) {
    test(`${owner} imports only ${ARROWS[owner]?.join(', ') || 'itself'}`, () => {
      const allowed = [owner, ...(ARROWS[owner] ?? [])];
      const wrong = imports.filter((each) => each.from === owner && !allowed.includes(targetOf(each)));
      expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
    });
  }

  test('nobody reaches into another workspace by a deep path', () => {
    const deep = imports.filter(({ specifier }) => /^@onfile\/[a-z-]+\/./.test(specifier));
    expect(deep.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('a merchant-page script never imports the frame', () => {
    const wrong = imports.filter(
      ({ file, specifier }) => file.startsWith('packages/browser/src/page/') && specifier.includes('/frame/'),
    );
    expect(wrong).toEqual([]);
  });

  test('only compose.ts of the server picks adapters', () => {
    const adapters = ['storage', 'vault', 'connectors', 'webhooks'].map((name) => `@onfile/${name}`);
    const picking = imports.filter(({ from, specifier }) => from === 'apps/server' && adapters.includes(specifier));
    expect([...new Set(picking.map(({ file }) => file))].filter((file) => !MAY_KNOW_ADAPTERS.test(file))).toEqual([]);
  });
});

/**
 * The HTTP layer takes cards in through the vault's byte-level intake; `database.ts` starts the embedded server where no
 * other is named; all else comes by ports.
 */
const MAY_KNOW_ADAPTERS = /^apps\/server\/src\/(compose|database|index)\.ts$|^apps\/server\/src\/http\//;
