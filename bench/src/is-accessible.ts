import { access } from 'node:fs/promises';

/** Whether this process may do with a file or folder what the mode says, one of `fs.constants`. */
export function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
