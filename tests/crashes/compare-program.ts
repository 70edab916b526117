import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import { contradictions as disagreements, readBooks, succeeded, unfinished, verifications } from '../prove/books.js';
import { listFlows } from '../prove/shop.js';
import { type Acknowledgement, contradictions } from './acknowledged.js';

export interface CompareSettings {
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly database: ClientConfig;
  readonly logFile: string;
  readonly ledgerFile: string;
}

export interface Comparison {
  readonly acknowledged: number;
  readonly succeeded: number;
  readonly verifications: number;
  readonly unfinished: number;
  /** Empty when nothing was lost, doubled or ended otherwise than it was told. */
  readonly found: readonly string[];
}

/** Reads what the clients were told, what the API and the database say, and what the processor did; changes nothing. */
async function main(settings: CompareSettings): Promise<Comparison> {
  const log = readLog(settings.logFile);
  const books = await readBooks(settings.database, settings.ledgerFile);
  const flows = await listFlows(settings, settings);
  return {
    acknowledged: log.length,
    succeeded: succeeded(books),
    verifications: verifications(books),
    unfinished: unfinished(books),
    found: [...contradictions(log, flows, books.ledger), ...disagreements(books)],
  };
}

function readLog(file: string): readonly Acknowledgement[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Acknowledgement);
}

void main(JSON.parse(process.argv[2] ?? '') as CompareSettings).then(
  (comparison) => process.stdout.write(JSON.stringify(comparison)),
  (error: unknown) => {
    process.stdout.write(String(error));
    process.exit(1);
  },
);
