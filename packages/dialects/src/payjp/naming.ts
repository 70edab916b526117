import type { Payjp } from './settings.js';

/** A field of an answer under its name of the current generation, of the earlier one, or under both. */
export function renderNamed(
  { naming }: Pick<Payjp, 'naming'>,
  names: { readonly current: string; readonly seed: string },
  value: unknown,
): Record<string, unknown> {
  return {
    ...(naming !== 'seed' && { [names.current]: value }),
    ...(naming !== 'current' && { [names.seed]: value }),
  };
}
