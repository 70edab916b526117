import type { Payjp } from './settings.js';

/** A field's value where its name of that generation is spoken; where it is not, the field is left out of the answer. */
export function inNames<Value>(
  { naming }: Pick<Payjp, 'naming'>,
  generation: 'current' | 'seed',
  value: Value,
): Value | undefined {
  return naming === generation || naming === 'both' ? value : undefined;
}
