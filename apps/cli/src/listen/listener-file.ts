import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFault, EXIT_CODES } from '../output.js';
import { holdLock } from './lock-file.js';

/** Whose events a listener follows. Each server, merchant, mode and name has a listener of its own. */
export interface ListenerIdentity {
  readonly server: string;
  readonly merchantId: string;
  readonly mode: string;
  readonly name: string;
}

/**
 * How far a listener is: everything before the cursor is dealt with, and of what comes after it these events. Without a
 * cursor it is the beginning, or the first event since a moment.
 */
export interface Position {
  readonly cursor: string | null;
  readonly since: string | null;
  readonly dealtWith: readonly string[];
}

/** An event that the target did not take; it can be sent again. */
export interface FailedEvent {
  readonly id: string;
  readonly type: string;
}

/** What outlives the process. */
export interface ListenerState {
  readonly identity: ListenerIdentity;
  /** `whsec_…`: forwarded events are signed with it. */
  readonly secret: string;
  /** Stands in for the account's static token where that is not known. */
  readonly token: string;
  /** `null` before the first start. */
  readonly position: Position | null;
  /** Latest last, at most {@link FAILED_MAX}. */
  readonly failed: readonly FailedEvent[];
}

export const FAILED_MAX = 100;

export interface ListenerFile {
  readonly path: string;
  readonly state: ListenerState;
  /** On the disk, whole, when it resolves. */
  save(change: Partial<Pick<ListenerState, 'position' | 'failed'>>): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file of a listener, or makes it. Refused while another process has it, since two would move one cursor. */
export async function openListenerFile(stateDirectory: string, identity: ListenerIdentity): Promise<ListenerFile> {
  const directory = join(stateDirectory, 'listeners');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${fileNameOf(identity)}.json`);
  const release = await holdLock(`${path}.lock`, (pid) => {
    const advice = `Process ${pid} listens as "${identity.name}" already. To listen twice, give this one a name: --name second`;
    return new CommandFault(advice, EXIT_CODES.taken);
  });
  try {
    let state = (await readState(path)) ?? (await makeState(path, identity));
    return {
      path,
      get state() {
        return state;
      },
      async save(change) {
        state = { ...state, ...change };
        await writeWhole(path, JSON.stringify(state));
      },
      close: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function fileNameOf({ server, merchantId, mode, name }: ListenerIdentity): string {
  const digest = createHash('sha256').update(JSON.stringify([server, merchantId, mode, name]));
  return `${name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40)}-${digest.digest('hex').slice(0, 16)}`;
}

/** Written at once: a secret that was told has to be the one that is signed with. */
async function makeState(path: string, identity: ListenerIdentity): Promise<ListenerState> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const token = `whook_${randomBytes(16).toString('hex')}`;
  const state = { identity, secret, token, position: null, failed: [] };
  await writeWhole(path, JSON.stringify(state));
  return state;
}

async function readState(path: string): Promise<ListenerState | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const state = parse(text);
  if (typeof state?.secret === 'string' && Array.isArray(state.failed)) return state as ListenerState;
  throw new CommandFault(
    `${path} is not what a listener writes. Delete it to start afresh; how far it was is lost then.`,
    EXIT_CODES.fault,
  );
}

function parse(text: string): Partial<ListenerState> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Either the old content or the new one is there, also after the power fails. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
