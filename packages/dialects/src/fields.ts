import { type EventObjectType, type Refusal, refuse } from '@onfile/core';

/** What is wrong with a field. The browser script is told it as `error_type`. */
export type ProblemKind = 'missing' | 'type' | 'value' | 'too_short' | 'too_long' | 'out_of_range' | 'not_allowed';

export interface FieldProblem {
  /** Dotted path into the body, or the name of a query parameter. */
  readonly field: string;
  readonly message: string;
  readonly kind: ProblemKind;
}

/** Why a request cannot be put to the domain. */
export type ParseFault =
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What the readers of one request have found wrong so far. */
export class Faults {
  readonly #problems: FieldProblem[] = [];
  #refusal: Refusal | null = null;

  /** Of several problems of one field the first is told. */
  report(field: string, kind: ProblemKind, message: string): void {
    if (this.#problems.some((known) => known.field === field)) return;
    this.#problems.push({ field, kind, message });
  }

  /** For a field that is well formed and names something that cannot be: told only when no field is malformed. */
  refuse(refusal: Refusal): void {
    this.#refusal ??= refusal;
  }

  get first(): ParseFault | null {
    if (this.#problems.length > 0) return { kind: 'invalid', problems: this.#problems };
    return this.#refusal && { kind: 'refused', refusal: this.#refusal };
  }
}

export interface TextRule {
  readonly lengthMin?: number;
  readonly lengthMax: number;
  readonly form?: { readonly pattern: RegExp; readonly message: string };
}

/**
 * Reads the fields of one JSON object, or of a query. A field that is absent reads as `undefined`; so does one that is
 * not as it has to be, after its problem was noted: what was read is to be used only when `faults` has none. `null` is a
 * problem, unless the caller asked {@link Fields.isNull} first. Fields that nobody reads are ignored.
 */
export class Fields {
  readonly faults: Faults;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(faults: Faults, values: Readonly<Record<string, unknown>>, path = '') {
    this.faults = faults;
    this.#values = values;
    this.#path = path;
  }

  /** The fields of a body; those of nothing when it is no object, which is noted. */
  static ofBody(faults: Faults, body: unknown): Fields {
    if (body === undefined || isRecord(body)) return new Fields(faults, body ?? {});
    faults.report('body', 'type', 'Must be an object.');
    return new Fields(faults, {});
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name) && this.#values[name] !== undefined;
  }

  isNull(name: string): boolean {
    return this.has(name) && this.#values[name] === null;
  }

  require(...names: readonly string[]): void {
    for (const name of names) if (!this.has(name)) this.report(name, 'missing', 'Required.');
  }

  report(name: string, kind: ProblemKind, message: string): void {
    this.faults.report(this.#path + name, kind, message);
  }

  raw(name: string): unknown {
    return this.has(name) ? this.#values[name] : undefined;
  }

  /** Of two names of one field the one to read: the second only when it alone is given. Both must not differ. */
  eitherName(current: string, earlier: string): string {
    if (!this.has(earlier)) return current;
    if (!this.has(current)) return earlier;
    if (this.#values[current] !== this.#values[earlier]) {
      this.report(current, 'value', `Differs from ${earlier}, which is another name of the same field.`);
    }
    return current;
  }

  text(name: string, { lengthMin = 0, lengthMax, form }: TextRule): string | undefined {
    const value = this.#read(name, 'string', 'a string');
    if (value === undefined) return undefined;
    const length = characterCount(value, lengthMax);
    if (length > lengthMax) return this.#wrong(name, 'too_long', `Must have at most ${lengthMax} characters.`);
    if (length < lengthMin) return this.#wrong(name, 'too_short', `Must have at least ${lengthMin} characters.`);
    if (form && !form.pattern.test(value)) return this.#wrong(name, 'value', form.message);
    return value;
  }

  integer(name: string, { min, max }: { min: number; max: number }): number | undefined {
    const value = this.#read(name, 'number', 'an integer');
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value)) return this.#wrong(name, 'type', 'Must be an integer.');
    if (value < min || value > max) return this.#wrong(name, 'out_of_range', `Must be from ${min} to ${max}.`);
    return value;
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, 'boolean', 'true or false');
  }

  choice<const T extends string>(name: string, options: readonly T[]): T | undefined {
    const value = this.#read(name, 'string', 'a string');
    if (value === undefined) return undefined;
    return options.find((option) => option === value) ?? this.#wrong(name, 'value', oneOf(options));
  }

  /** A list without repetitions; an empty one is a problem. */
  choices<const T extends string>(name: string, options: readonly T[]): readonly T[] | undefined {
    if (!this.has(name)) return undefined;
    const values = this.#values[name];
    if (!Array.isArray(values)) return this.#wrong(name, 'type', 'Must be a list.');
    if (values.length === 0) return this.#wrong(name, 'too_short', 'Must not be empty.');
    const chosen = options.filter((option) => values.includes(option));
    const isKnown = values.every((value) => options.includes(value));
    return isKnown ? chosen : this.#wrong(name, 'value', `Each must be: ${oneOf(options)}`);
  }

  object(name: string): Fields | undefined {
    const record = this.record(name);
    return record && new Fields(this.faults, record, `${this.#path}${name}.`);
  }

  /** An object whose keys the caller chose. */
  record(name: string): Readonly<Record<string, unknown>> | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#values[name];
    return isRecord(value) ? value : this.#wrong(name, 'type', 'Must be an object.');
  }

  /** The id of an object. One that cannot be anybody's is refused as an unknown one is. */
  reference<T>(name: string, object: EventObjectType | 'event', parse: (text: string) => T | null): T | undefined {
    const text = this.#read(name, 'string', 'a string');
    if (text === undefined) return undefined;
    const id = text.length <= ID_LENGTH_MAX ? parse(text) : null;
    // Without the text: what is no id of ours is not repeated.
    if (id === null) this.faults.refuse(refuse('object_not_found', { object, id: '' }).refusal);
    return id ?? undefined;
  }

  #read(name: string, type: 'string', expected: string): string | undefined;
  #read(name: string, type: 'number', expected: string): number | undefined;
  #read(name: string, type: 'boolean', expected: string): boolean | undefined;
  #read(name: string, type: 'string' | 'number' | 'boolean', expected: string): unknown {
    if (!this.has(name)) return undefined;
    const value = this.#values[name];
    return typeof value === type ? value : this.#wrong(name, 'type', `Must be ${expected}.`);
  }

  #wrong(name: string, kind: ProblemKind, message: string): undefined {
    this.report(name, kind, message);
  }
}

const ID_LENGTH_MAX = 255;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters as people count them in other languages (code points); counts no further than is needed. */
export function characterCount(text: string, lengthMax: number): number {
  if (text.length > lengthMax * 2) return lengthMax + 1;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function oneOf(options: readonly string[]): string {
  return `Must be one of: ${options.join(', ')}.`;
}
