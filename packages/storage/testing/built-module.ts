import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The compiled form of a module in `src/embedded`, for child processes, which cannot run TypeScript on Node 20. */
export function builtModule(name: string): string {
  const built = pathOf(`dist/embedded/${name}.js`);
  // A build that finds a touched file unchanged writes only its own record.
  const builtAt = Math.max(modifiedAt(built), modifiedAt(pathOf('dist/tsconfig.tsbuildinfo')));
  const sources = readdirSync(pathOf('src/embedded')).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const changed = sources.filter((file) => modifiedAt(pathOf(`src/embedded/${file}`)) > builtAt);
  if (modifiedAt(built) > 0 && changed.length === 0) return built;
  throw new Error(`${built} is missing, or older than ${changed.join(', ')}. Run: npm run build`);
}

/** A script in `src/embedded` that tests start as a process. */
export function scriptBeside(name: string): string {
  return pathOf(`src/embedded/${name}`);
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
