import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The compiled form of a module in `src/embedded`, for child processes, which cannot run TypeScript on Node 20. */
export function builtModule(name: string): string {
  const source = fileURLToPath(new URL(`../src/embedded/${name}.ts`, import.meta.url));
  const built = fileURLToPath(new URL(`../dist/embedded/${name}.js`, import.meta.url));
  if (existsSync(built) && statSync(built).mtimeMs >= statSync(source).mtimeMs) return built;
  throw new Error(`${built} is missing or older than its source. Run: npm run build`);
}

/** A script in `src/embedded` that tests start as a process. */
export function scriptBeside(name: string): string {
  return fileURLToPath(new URL(`../src/embedded/${name}`, import.meta.url));
}
