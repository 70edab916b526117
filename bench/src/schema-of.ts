/** A JSON schema that serializes values of this one's shape without losing anything. */
export function schemaOf(value: unknown): object {
  if (value === null) return { type: 'null' };
  if (Array.isArray(value)) return { type: 'array', items: value.length === 0 ? {} : schemaOf(value[0]) };
  switch (typeof value) {
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(value).map(([name, member]) => [name, schemaOf(member)])),
      };
    case 'string':
    case 'boolean':
    case 'number':
      return { type: typeof value };
    default:
      throw new Error(`A ${typeof value} is not JSON`);
  }
}
