#!/usr/bin/env node
// Committed, while dist/ is built: npm links a command at install only when its file is there already.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error('Onfile is not built yet. In the folder of the repository, run: npm run build');
  process.exitCode = 2;
}
