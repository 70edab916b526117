import { createReadStream, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { LedgerRecord } from './verification.js';

/**
 * The append-only record of everything that the processor did, one JSON object a line. It never holds a card number
 * or a security code. What was appended is on the disk once `settled` resolves; records that arrive together share
 * one fsync.
 */
export class Ledger {
  #pending: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #queued = false;
  readonly #file: FileHandle;
  readonly #path: string;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Opens the file, or makes it, and hands every record in it to `onRecord`, oldest first. */
  static async open(path: string, onRecord: (record: LedgerRecord) => void): Promise<Ledger> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a+', 0o600);
    const ledger = new Ledger(file, path);
    try {
      await cutTornEnd(file);
      await syncDirectory(dirname(path));
      for await (const record of ledger.#records()) onRecord(record);
    } catch (error) {
      await file.close();
      throw error;
    }
    return ledger;
  }

  append(record: LedgerRecord): void {
    this.#pending.push(`${JSON.stringify(record)}\n`);
    if (this.#queued) return;
    this.#queued = true;
    this.#writing = this.#writing.then(() => this.#flush());
    // Whoever awaits `settled` learns of the fault; this only keeps it from ending the process first.
    this.#writing.catch(() => undefined);
  }

  /** Resolves when everything appended so far is durable; rejects for ever after a failed write. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** The newest `limit` records that pass, oldest first, and how many passed in all. */
  async select(passes: (record: LedgerRecord) => boolean, limit: number): Promise<LedgerSelection> {
    await this.settled();
    const records: LedgerRecord[] = [];
    let total = 0;
    for await (const record of this.#records()) {
      if (!passes(record)) continue;
      total += 1;
      records.push(record);
      if (records.length > limit) records.shift();
    }
    return { total, records };
  }

  async close(): Promise<void> {
    try {
      await this.settled();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    this.#queued = false;
    const lines = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    // A write into the system's memory takes less than handing it to another thread; only the disk is waited for.
    for (let written = 0; written < lines.length; ) written += writeSync(this.#file.fd, lines, written);
    await this.#file.datasync();
  }

  async *#records(): AsyncGenerator<LedgerRecord> {
    const stream = createReadStream(this.#path);
    let number = 0;
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      yield this.#parse(line, number);
    }
  }

  #parse(line: string, number: number): LedgerRecord {
    try {
      return JSON.parse(line) as LedgerRecord;
    } catch (cause) {
      throw new Error(`Line ${number} of ${this.#path} is not a ledger record; move the file away to start anew`, {
        cause,
      });
    }
  }
}

export interface LedgerSelection {
  readonly total: number;
  readonly records: readonly LedgerRecord[];
}

const LINE_FEED = 0x0a;

/** A record that was cut by a crash was never acknowledged: it is removed, as if it had not happened. */
async function cutTornEnd(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const length = Math.min(chunk.length, end);
    await file.read(chunk, 0, length, end - length);
    const lineEnd = chunk.subarray(0, length).lastIndexOf(LINE_FEED);
    if (lineEnd >= 0) {
      await file.truncate(end - length + lineEnd + 1);
      return;
    }
    end -= length;
  }
  await file.truncate(0);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
