import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const PACKAGE = resolve(import.meta.dirname, '..');
const TSC = resolve(PACKAGE, '../../node_modules/typescript/bin/tsc');

// A merchant's project, which has the package as npm would put it there and nothing else of ours.
const project = mkdtempSync(join(tmpdir(), 'onfile-js-types-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));
cpSync(join(PACKAGE, 'testing'), join(project, 'src'), { recursive: true });
mkdirSync(join(project, 'node_modules/@onfile'), { recursive: true });
symlinkSync(PACKAGE, join(project, 'node_modules/@onfile/js'));
writeFileSync(join(project, 'package.json'), '{ "type": "module" }');

test.each(['bundler', 'nodenext'])('what is right compiles and what is wrong does not, resolved as for %s', (how) => {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    module: how === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution: how,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const { status, stdout } = spawnSync(process.execPath, [TSC, '-p', project], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
