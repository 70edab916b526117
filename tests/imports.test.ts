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
  // The frame's card rules rest on core's table of brands, which is pure. `hosted/` and `delivery/` run in the server, on Node.
  'packages/js': [],
  // The types of our own SDK are in its package; the script that it loads is here.
  'packages/browser': ['packages/core', 'packages/js'],
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
  'apps/demo': ['packages/js', '*'],
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
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
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
  if (specifier.startsWith('node:') && BROWSER_ON_NODE.test(file)) return 'packages/browser';
  if (specifier === 'preact' && file.startsWith('packages/browser/src/frame/')) return 'packages/browser';
  const [, workspace] = /^@onfile\/([a-z-]+)/.exec(specifier) ?? [];
  if (workspace) return Object.keys(ARROWS).find((folder) => folder.endsWith(`/${workspace}`)) ?? specifier;
  if (!specifier.startsWith('.')) return '*';
  return relative(ROOT, resolve(ROOT, dirname(file), specifier))
    .split(sep)
    .slice(0, 2)
    .join('/');
}

const BROWSER_ON_NODE = /^packages\/browser\/src\/(?:hosted|delivery)\//;

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

  // What runs where: `delivery` and `hosted` on the server, `facades` and `page` in the merchant's page, `frame` in ours.
  const BROWSER_ARROWS: Record<string, readonly string[]> = {
    protocol: [],
    page: ['protocol'],
    frame: ['protocol'],
    facades: ['page', 'protocol'],
    hosted: ['page', 'frame', 'protocol'],
    delivery: ['hosted', 'protocol'],
  };
  for (const [part, allowed] of Object.entries(BROWSER_ARROWS)) {
    test(`packages/browser/src/${part} imports only ${allowed.join(', ') || 'itself'}`, () => {
      const folder = `packages/browser/src/${part}/`;
      const inside = imports.filter(({ file, specifier }) => file.startsWith(folder) && specifier.startsWith('.'));
      const wrong = inside.filter(({ file, specifier }) => {
        const target = relative(ROOT, resolve(ROOT, dirname(file), specifier)).split(sep)[3] ?? '';
        return target !== part && !allowed.includes(target);
      });
      expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
    });
  }

  test('what runs in a merchant’s page has no dependency, and the frame has Preact alone', () => {
    const outside = imports.filter(
      ({ file, specifier }) =>
        /^packages\/browser\/src\/(page|facades|protocol|frame)\//.test(file) && !specifier.startsWith('.'),
    );
    const wrong = outside.filter(({ file, specifier }) => {
      const isFrame = file.startsWith('packages/browser/src/frame/');
      if (file.startsWith('packages/browser/src/facades/onfile/') && specifier === '@onfile/js') return false;
      return !(isFrame && (specifier === 'preact' || specifier === '@onfile/core'));
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
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
