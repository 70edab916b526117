import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The test processor as its own program; it stops when its standard input closes, so also when the bench dies. */
export async function startSimulatorProcess(dataDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const program = fileURLToPath(new URL('main.js', import.meta.resolve('@onfile/simulator')));
  const child = spawn(process.execPath, [program, '--exit-with-parent', '--data', dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), exited.then(() => null)]);
  if (line === null) throw new Error('The simulator did not start');
  return {
    url: (JSON.parse(String(line[0])) as { url: string }).url,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
