import { type Commit, renderInstant, type Uuid } from '@onfile/core';

/** Takes one parameter's value out of a commit. It may close over positions and names, never over another commit's values. */
export type ValueOf = (commit: Commit) => unknown;

/** The parameters of a statement that is being composed: what its `$1`, `$2` … stand for. */
export class Parameters {
  readonly values: ValueOf[] = [];
  readonly #shared = new Map<string, string>();

  /** A new parameter. */
  add(value: ValueOf): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** The parameter of a value that several parts of a statement need; one name always goes with one value. */
  share(name: string, value: ValueOf): string {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;

    const parameter = this.add(value);
    this.#shared.set(name, parameter);
    return parameter;
  }

  get merchantId(): string {
    return this.share('merchant', ({ scope }) => scope.merchantId);
  }

  get livemode(): string {
    return this.share('livemode', ({ scope }) => scope.mode === 'live');
  }

  get at(): string {
    return this.share('at', ({ at }) => renderInstant(at));
  }

  /** Finds the row that a change names by its id, by primary key. */
  rowOfChange(index: number): string {
    const id = this.share(`id ${index}`, ({ changes }) => (changes[index] as { readonly id: Uuid }).id);
    return `merchant_id = ${this.merchantId} AND livemode = ${this.livemode} AND id = ${id}`;
  }
}
