import { open, readFile } from 'node:fs/promises';
import type { Found, Search } from '../leaks-search.js';

/** Something found in a process’s memory, with what stands around it, which tells what kept it. */
interface FoundInMemory extends Found {
  readonly map: string;
  readonly around: string;
}

type MemoryRead =
  | { readonly kind: 'read'; readonly bytes: number; readonly found: readonly FoundInMemory[] }
  /** The system does not let us look, and why. */
  | { readonly kind: 'forbidden'; readonly reason: string };

/**
 * Looks through the memory of a process that we started: every map that the process can write. What it can only read is
 * the program itself, mapped from its files.
 */
export async function searchMemory(pid: number, search: Search): Promise<MemoryRead> {
  if (process.platform !== 'linux') return { kind: 'forbidden', reason: `there is no /proc on ${process.platform}` };
  const maps = (await readFile(`/proc/${pid}/maps`, 'utf8')).split('\n').flatMap(readMap);
  const memory = await open(`/proc/${pid}/mem`, 'r').catch((error: Error) => error);
  if (memory instanceof Error) return { kind: 'forbidden', reason: `the system forbids it: ${memory.message}` };
  try {
    const found: FoundInMemory[] = [];
    let bytes = 0;
    for (const { start, end, name } of maps) {
      for (let from = start; from < end; from += PIECE_BYTES) {
        const piece = await readPiece(memory, from, Math.min(PIECE_BYTES + OVERLAP_BYTES, end - from));
        bytes += Math.min(piece.length, PIECE_BYTES);
        const here = search(piece).filter(({ offset }) => offset < PIECE_BYTES);
        found.push(...here.map((one) => ({ ...one, map: name, around: aroundOf(piece, one.offset) })));
      }
    }
    return { kind: 'read', bytes, found };
  } finally {
    await memory.close();
  }
}

const PIECE_BYTES = 4 * 1024 * 1024;
/** Longer than anything that is looked for, so that nothing hides between two pieces. */
const OVERLAP_BYTES = 4 * 1024;

function readMap(line: string): readonly { readonly start: number; readonly end: number; readonly name: string }[] {
  const [, start, end, access = '', name = ''] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
  if (start === undefined || end === undefined || !access.startsWith('rw')) return [];
  return [{ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), name: name === '' ? 'anonymous' : name }];
}

/** A map may be gone by the time that it is read, or have pages that nobody may read: nothing is there then. */
async function readPiece(memory: Awaited<ReturnType<typeof open>>, from: number, length: number): Promise<Buffer> {
  const piece = Buffer.alloc(length);
  try {
    const { bytesRead } = await memory.read(piece, 0, length, from);
    return piece.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  }
}

const AROUND_BYTES = 24;

function aroundOf(piece: Buffer, offset: number): string {
  return piece.toString('latin1', Math.max(0, offset - AROUND_BYTES), offset + 2 * AROUND_BYTES);
}
