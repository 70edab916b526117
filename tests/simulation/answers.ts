import { isDeepStrictEqual } from 'node:util';
import type { Done, Event, EventObjects, EventObjectType, Outcome, Uuid } from '@onfile/core';
import { Violation } from './activity.js';
import type { OperationKind } from './plan.js';
import { short } from './processor.js';
import type { StorageModel } from './storage-model/storage-model.js';
import { keyOf } from './storage-model/tables.js';
import { SCOPE } from './world.js';

type AnyObject = EventObjects[EventObjectType];

/**
 * Whether each object is linearizable. Every change of an object has a number and an event that shows it afterwards, so an
 * answer tells at which of them it was made: that has to be a moment between its request and itself, and a write's own change
 * has to lie between them too.
 */
export class Answers {
  readonly #storage: StorageModel;
  readonly #positions = new Map<Uuid, number>();
  readonly #firstIds = new Map<string, Uuid>();

  constructor(storage: StorageModel) {
    this.#storage = storage;
  }

  /** The moment of a request: how many changes there have been. */
  begin(): number {
    return this.#storage.tables.journal.length;
  }

  check(kind: OperationKind, key: string | null, outcome: Outcome<object>, begunAt: number): void {
    if (outcome.kind === 'refused') this.#checkRefusal(kind, outcome.refusal, begunAt);
    else this.#checkDone(kind, key, outcome, begunAt);
  }

  #checkDone(kind: OperationKind, key: string | null, outcome: Done<object>, begunAt: number): void {
    const objects = 'session' in outcome.value ? Object.values(outcome.value) : [outcome.value];
    for (const object of objects as AnyObject[])
      this.#checkObject(kind, object, { begunAt, isReplayed: outcome.replayed === true });
    const [first] = objects as AnyObject[];
    if (key !== null && first) this.#checkSameAnswer(key, first.id);
  }

  #checkObject(
    kind: OperationKind,
    object: AnyObject,
    { begunAt, isReplayed }: { readonly begunAt: number; readonly isReplayed: boolean },
  ): void {
    const events = this.#eventsOf(object.id);
    const name = `${kind} was answered with ${short(object.id)} #${object.version}`;
    const told = events[object.version - 1];
    if (told === undefined) throw new Violation(`${name}, which is not on record`);
    if (!isDeepStrictEqual(told.object, object)) throw new Violation(`${name}, which was never so`);
    if (isReplayed) return;
    const versionBefore = this.#versionAt(events, begunAt);
    if (object.version < versionBefore) throw new Violation(`${name}, which was over: it was #${versionBefore} before`);
    if (WRITES.has(kind) && object.version === versionBefore) throw new Violation(`${name}, which was so before`);
  }

  #checkSameAnswer(key: string, id: Uuid): void {
    const first = this.#firstIds.get(key) ?? id;
    this.#firstIds.set(key, first);
    if (first !== id) throw new Violation(`one idempotency key was answered with ${short(first)} and ${short(id)}`);
  }

  #checkRefusal(
    kind: OperationKind,
    refusal: Extract<Outcome<object>, { kind: 'refused' }>['refusal'],
    begunAt: number,
  ): void {
    if (refusal.code !== 'object_not_found') return;
    const events = this.#eventsOf(refusal.facts.id as Uuid);
    const before = events[this.#versionAt(events, begunAt) - 1]?.object;
    const after = events.at(-1)?.object;
    const isThere = before && after && !isGone(before) && !isGone(after);
    const isHidden = kind === 'release';
    if (isThere && !isHidden) throw new Violation(`${kind} did not find ${short(refusal.facts.id)}, which was there`);
  }

  #eventsOf(id: Uuid): readonly Event[] {
    return this.#storage.tables.eventsOfObjects.get(keyOf(SCOPE, id)) ?? [];
  }

  #versionAt(events: readonly Event[], moment: number): number {
    const { journal } = this.#storage.tables;
    for (let position = this.#positions.size; position < journal.length; position += 1) {
      this.#positions.set((journal[position] as Event).id, position);
    }
    return events.filter(({ id }) => (this.#positions.get(id) as number) < moment).length;
  }
}

function isGone(object: AnyObject): boolean {
  return 'deletedAt' in object && object.deletedAt !== null;
}

/** Requests that, when they are done for the first time, have changed the object that they answer with. */
const WRITES: ReadonlySet<OperationKind> = new Set([
  'create',
  'create_for_customer',
  'create_and_confirm',
  'confirm_card',
  'confirm_saved',
  'confirm_current',
  'enter_card',
  'note',
  'revise',
  'cancel',
  'create_customer',
  'update_customer',
  'delete_customer',
  'create_method',
  'attach',
  'detach',
] as const);
