import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** Two sets of books about the same setups: our database's, and the processor's own ledger. */
export interface Books {
  readonly intents: readonly IntentRow[];
  readonly attempts: readonly AttemptRow[];
  readonly mandates: readonly MandateRow[];
  readonly methods: readonly MethodRow[];
  /** In the order of their sequence, of setup intents only. */
  readonly events: readonly EventRow[];
  readonly ledger: readonly LedgerLine[];
}

export interface IntentRow {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly payment_method_id: string | null;
}

export interface AttemptRow {
  readonly id: string;
  readonly setup_intent_id: string;
  readonly state: string;
  readonly outcome: string | null;
}

export interface MandateRow {
  readonly setup_intent_id: string;
  readonly setup_attempt_id: string;
  readonly payment_method_id: string;
}

export interface MethodRow {
  readonly id: string;
  readonly state: string;
  readonly has_sealed_card: boolean;
}

export interface EventRow {
  readonly object_id: string;
  readonly sequence: number;
  readonly status: string;
}

/** One line of the processor's ledger, as far as books are compared. */
export interface LedgerLine {
  readonly type: string;
  readonly reference: string;
  readonly status: string;
}

/** Reads both past everything that wrote them. */
export async function readBooks(database: pg.ClientConfig, ledgerFile: string): Promise<Books> {
  const client = new pg.Client(database);
  await client.connect();
  try {
    const rows = async <T>(text: string) => (await client.query(text)).rows as readonly T[];
    return {
      intents: await rows('SELECT id, version, status, payment_method_id FROM setup_intents'),
      attempts: await rows('SELECT id, setup_intent_id, state, outcome FROM setup_attempts'),
      mandates: await rows('SELECT setup_intent_id, setup_attempt_id, payment_method_id FROM mandates'),
      methods: await rows(`SELECT id, state, EXISTS (SELECT FROM sealed_cards AS s WHERE s.merchant_id = m.merchant_id
        AND s.livemode = m.livemode AND s.payment_method_id = m.id) AS has_sealed_card FROM payment_methods AS m`),
      events: await rows(`SELECT object_id, sequence, data ->> 'status' AS status FROM events
        WHERE object_type = 'setup_intent' ORDER BY object_id, sequence`),
      ledger: await readLedger(ledgerFile),
    };
  } finally {
    await client.end();
  }
}

export async function readLedger(file: string): Promise<readonly LedgerLine[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as LedgerLine);
}

/** Asked for, and not ended: what is asked for again until it is known, and what waits for a cardholder. */
export function unfinished({ attempts }: Pick<Books, 'attempts'>): number {
  return attempts.filter(({ state }) => ['asking', 'awaiting_authentication', 'voiding'].includes(state)).length;
}

/** Given to a person. */
export function flagged({ attempts }: Pick<Books, 'attempts'>): number {
  return attempts.filter(({ state }) => state === 'needs_review' || state === 'void_needs_review').length;
}

export function succeeded({ intents }: Pick<Books, 'intents'>): number {
  return intents.filter(({ status }) => status === 'succeeded').length;
}

/** How many verifications the processor was asked for. */
export function verifications({ ledger }: Pick<Books, 'ledger'>): number {
  return ledger.filter(isRequest).length;
}

/**
 * What does not fit together once nothing is under way any more; each begins with its kind. The books agree when every
 * verification belongs to one attempt and was asked for once, every attempt ended as the processor says, every setup
 * ended as its attempts did, and its events tell its life without a gap.
 */
export function contradictions(books: Books): readonly string[] {
  return [
    ...doubled(books),
    ...unaccounted(books),
    ...books.attempts.flatMap((attempt) => endedWrongly(attempt, statusesAt(books))),
    ...books.intents.flatMap((intent) => settledWrongly(intent, partsOf(books))),
    ...books.intents.flatMap((intent) => toldWrongly(intent, eventsOf(books).get(intent.id) ?? [])),
    ...leftBehind(books),
  ];
}

const isRequest = ({ type }: LedgerLine) => type === 'verification.requested';

function doubled({ ledger }: Books): string[] {
  return [...countBy(ledger.filter(isRequest), ({ reference }) => reference)]
    .filter(([, times]) => times > 1)
    .map(([reference, times]) => `doubled: ${reference} was asked for ${times} times`);
}

function unaccounted({ ledger, attempts }: Books): string[] {
  const known = new Set(attempts.map(({ id }) => id));
  return ledger
    .filter((line) => isRequest(line) && !known.has(line.reference))
    .map(({ reference }) => `unaccounted: ${reference} was asked for without an attempt on record`);
}

/** What the processor's word at the end, `undefined` when it never heard of the attempt, may have led to. */
const ENDINGS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  approved: ['approved'],
  declined: ['declined'],
  authentication_failed: ['authentication_failed'],
  not_processed: [undefined, 'voided'],
  abandoned: [undefined, 'voided', 'declined', 'authentication_failed'],
  superseded: [undefined, 'voided', 'declined', 'authentication_failed'],
  canceled: [undefined, 'voided', 'declined', 'authentication_failed'],
};

function endedWrongly({ id, state, outcome }: AttemptRow, statuses: ReadonlyMap<string, string>): string[] {
  if (state === 'needs_review' || state === 'void_needs_review') return [];
  if (state !== 'closed') return [`stuck: attempt ${id} is ${state}`];
  const status = statuses.get(id);
  if (ENDINGS[outcome ?? '']?.includes(status)) return [];
  return [`wrong ending: attempt ${id} is ${outcome}, and the processor says ${status ?? 'nothing'}`];
}

interface Parts {
  readonly approvals: ReadonlyMap<string, readonly AttemptRow[]>;
  readonly open: ReadonlyMap<string, readonly AttemptRow[]>;
  readonly mandates: ReadonlyMap<string, readonly MandateRow[]>;
  readonly methods: ReadonlyMap<string, MethodRow>;
}

function settledWrongly({ id, status, payment_method_id: method }: IntentRow, parts: Parts): string[] {
  const approvals = parts.approvals.get(id) ?? [];
  const open = parts.open.get(id) ?? [];
  const [mandate, ...more] = parts.mandates.get(id) ?? [];
  const isFlagged = open.some(({ state }) => state === 'needs_review');
  const found: string[] = [];
  if (open.length > 1) found.push(`doubled: setup ${id} has ${open.length} open attempts`);
  if (['processing', 'requires_action'].includes(status) && !isFlagged) found.push(`stuck: setup ${id} is ${status}`);
  if (status !== 'succeeded') {
    if (approvals.length > 0) found.push(`wrong ending: setup ${id} was approved and is ${status}`);
    return found;
  }
  if (approvals.length !== 1) found.push(`wrong ending: setup ${id} succeeded with ${approvals.length} approvals`);
  const isGranted = mandate?.setup_attempt_id === approvals[0]?.id && mandate?.payment_method_id === method;
  if (!isGranted || more.length > 0) found.push(`half: setup ${id} succeeded without a mandate of its own`);
  const saved = parts.methods.get(method ?? '');
  if (saved?.state !== 'usable' || !saved.has_sealed_card) found.push(`half: setup ${id} saved no card that is usable`);
  return found;
}

function toldWrongly({ id, version, status }: IntentRow, events: readonly EventRow[]): string[] {
  const isGapless = events.length === version && events.every(({ sequence }, index) => sequence === index + 1);
  if (!isGapless) return [`untold: setup ${id} is at version ${version}, and has ${events.length} events`];
  if (events.at(-1)?.status !== status) return [`untold: setup ${id} is ${status}, and its last event says otherwise`];
  const end = events.findIndex((event) => event.status === 'succeeded' || event.status === 'canceled');
  const isOver = end < 0 || events.slice(end).every((event) => event.status === status);
  return isOver ? [] : [`wrong ending: setup ${id} went on after its end`];
}

/** A card that was entered for an attempt does not outlive its failure. */
function leftBehind({ methods, attempts }: Books): string[] {
  if (attempts.some(({ state }) => state !== 'closed')) return [];
  const drafts = methods.filter(({ state }) => state === 'draft');
  return drafts.map(({ id }) => `left behind: ${id} is a card that nobody saved`);
}

function statusesAt({ ledger }: Books): ReadonlyMap<string, string> {
  return cached(ledger, () => new Map(ledger.map(({ reference, status }) => [reference, status])));
}

function partsOf(books: Books): Parts {
  return cached(books, () => ({
    approvals: groupBy(
      books.attempts.filter(({ outcome }) => outcome === 'approved'),
      ({ setup_intent_id }) => setup_intent_id,
    ),
    open: groupBy(
      books.attempts.filter(({ state }) => ['asking', 'awaiting_authentication', 'needs_review'].includes(state)),
      ({ setup_intent_id }) => setup_intent_id,
    ),
    mandates: groupBy(books.mandates, ({ setup_intent_id }) => setup_intent_id),
    methods: new Map(books.methods.map((method) => [method.id, method])),
  }));
}

function eventsOf({ events }: Books): ReadonlyMap<string, readonly EventRow[]> {
  return cached(events, () => groupBy(events, ({ object_id }) => object_id));
}

const CACHE = new WeakMap<object, unknown>();

function cached<T>(of: object, make: () => T): T {
  if (!CACHE.has(of)) CACHE.set(of, make());
  return CACHE.get(of) as T;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, number> {
  return new Map([...groupBy(items, keyOf)].map(([key, group]) => [key, group.length]));
}
