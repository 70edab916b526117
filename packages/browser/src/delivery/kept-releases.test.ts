import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readKeptReleases } from './kept-releases.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onfile-releases-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('every script of every earlier release is found, with its own hash', () => {
  writeFileSync(join(folder, 'README.md'), 'no release');
  for (const version of ['0.1.0-aaaaaaaa', '0.2.0-bbbbbbbb']) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'onfile.js'), `script of ${version}`);
  }
  const kept = readKeptReleases(pathToFileURL(`${folder}/`));
  expect(kept.map(({ version, name, body, integrity }) => [version, name, String(body), integrity])).toEqual(
    ['0.1.0-aaaaaaaa', '0.2.0-bbbbbbbb'].map((version) => {
      const digest = createHash('sha384').update(`script of ${version}`).digest('base64');
      return [version, 'onfile.js', `script of ${version}`, `sha384-${digest}`];
    }),
  );
});

test('an installation without earlier releases has none', () => {
  expect(readKeptReleases(pathToFileURL(`${folder}/missing/`))).toEqual([]);
});
