import { CommandFault, EXIT_CODES } from '../output.js';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
interface Draft {
  [name: string]: Json | Draft;
}

/**
 * The body that `-d` options make: `mode=setup` is a text, `metadata.order=1` a field in an object, `limit:=5` any JSON.
 */
export function bodyOf(fields: readonly string[]): Draft {
  const body: Draft = {};
  for (const field of fields) {
    const { path, value } = readField(field);
    put(body, path, value, field);
  }
  return body;
}

function readField(field: string): { path: readonly string[]; value: Json } {
  const at = field.indexOf('=');
  if (at < 1) throw misused(field, 'has no name and value: write name=value');
  const isJson = field[at - 1] === ':';
  const name = field.slice(0, isJson ? at - 1 : at);
  const text = field.slice(at + 1);
  return { path: name.split('.'), value: isJson ? readJson(text, field) : text };
}

function readJson(text: string, field: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw misused(field, 'has no JSON after := (a text needs quotes there, or plain = )');
  }
}

function put(body: Draft, path: readonly string[], value: Json, field: string): void {
  const [name = '', ...rest] = path;
  if (name === '' || name === '__proto__') throw misused(field, 'has an empty or impossible name in its path');
  if (rest.length === 0) {
    body[name] = value;
    return;
  }
  const inner = body[name] ?? {};
  body[name] = inner;
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
    throw misused(field, `goes into ${name}, which has a value already`);
  }
  put(inner as Draft, rest, value, field);
}

function misused(field: string, problem: string): CommandFault {
  return new CommandFault(`${JSON.stringify(field)} ${problem}`, EXIT_CODES.misused);
}
