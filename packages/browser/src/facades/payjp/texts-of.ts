/** The texts under these names that say something; no longer than a message may hold. */
export function textsOf<N extends string>(from: object | undefined, names: readonly N[]): Partial<Record<N, string>> {
  const given = { ...from } as Readonly<Record<string, unknown>>;
  const isText = (value: unknown) => typeof value === 'string' && value !== '' && value.length <= LENGTH_MAX;
  return Object.fromEntries(names.filter((name) => isText(given[name])).map((name) => [name, given[name]])) as Partial<
    Record<N, string>
  >;
}

const LENGTH_MAX = 200;
