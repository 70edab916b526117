import type { Uuid } from '@onfile/core';
import type pg from 'pg';
import type { RunningOnfile } from '../running-server.js';
import { type Entry, type Named, type Naming, namesIn, type Request } from './entries.js';
import { type Kind, type Kit, nameOf } from './objects.js';
import { comparable, type DialectName, send } from './wire.js';

/** Whose objects there are. `deleted` and `draft` are the caller's own, and not there for them. */
export const HOLDERS = ['ours', 'theirs', 'live', 'deleted', 'draft'] as const;
export type Holder = (typeof HOLDERS)[number];

/** Somebody who asks. */
export interface Caller {
  readonly is: string;
  readonly dialect: DialectName;
  readonly credential: string | null;
  /** Whose objects they may see here; `null` when nothing is theirs. */
  readonly sees: Holder | null;
  /** Sent with everything. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The client secret that comes along: none, the named object's own right one, or that of another object of ours. */
  readonly secret: 'none' | 'right' | 'another';
  /** The status of every answer, whatever is named; by the route when absent. `refused`: any of 4xx. */
  readonly status?: number | 'refused';
}

export interface World {
  readonly onfile: RunningOnfile;
  readonly kits: Readonly<Record<DialectName, Readonly<Record<Holder, Kit>>>>;
  readonly callers: readonly Caller[];
  readonly database: pg.Client;
}

export interface Place {
  readonly origin: 'api' | 'vault';
  readonly route: string;
}

/** What is wrong with a route: each way in which an object that is not the caller's can be told from one that is not there. */
export async function problemsOf(world: World, place: Place, entry: Entry): Promise<readonly string[]> {
  if ('public' in entry) return [];
  const before = await digestOf(world.database);
  const problems: string[] = [];
  for (const naming of entry) {
    for (const caller of callersOf(world, place, naming))
      problems.push(...(await tellTales(world, place, naming, caller)));
  }
  const after = await digestOf(world.database);
  for (const [table, digest] of after) {
    if (before.get(table) !== digest) problems.push(`${place.route}: a refused request changed ${table}`);
  }
  return problems;
}

/** That the requests of the matrix are refused for the name alone: the same one with the caller's own object is answered. */
export async function problemsOfOwn(
  world: World,
  place: Place,
  entry: Entry,
  fresh: () => Promise<Kit>,
): Promise<readonly string[]> {
  if ('public' in entry) return [];
  const problems: string[] = [];
  for (const naming of entry.filter(({ isNeverFound }) => !isNeverFound)) {
    for (const caller of callersOf(world, place, naming).filter((each) => maySee(each, naming))) {
      const kit = naming.spends ? await fresh() : world.kits[caller.dialect].ours;
      const own = namesIn(kit, caller.dialect);
      const secret = caller.secret === 'none' ? ownSecret(kit, caller.dialect, naming, caller) : secretOf(kit, caller);
      const named = { name: own(naming.kind), secret, own };
      const response = await ask(world, place, caller, naming.call(named));
      const text = await response.text();
      if (!response.ok) problems.push(`${titleOf(place, naming, caller)}: its own object is refused: ${text}`);
      if (response.ok && naming.status === 200 && text.includes('"data":[]')) {
        problems.push(`${titleOf(place, naming, caller)}: nothing of its own is found`);
      }
    }
  }
  return problems;
}

function maySee(caller: Caller, naming: Naming): boolean {
  if (caller.sees !== 'ours') return false;
  return caller.status === undefined || (caller.secret === 'right' && takesSecret(naming));
}

function ownSecret(kit: Kit, dialect: DialectName, naming: Naming, caller: Caller): string | null {
  // Toast asks its callers for the session secret even with a good token, where PAY.JP's secret key is enough.
  return dialect === 'toast' && takesSecret(naming) ? secretOf(kit, caller) : null;
}

function secretOf(kit: Kit, { dialect }: Caller): string | null {
  return kit.setupIntent?.secrets?.[dialect] ?? null;
}

const SENTINEL = 'the-secret';

export function takesSecret({ call }: Naming): boolean {
  return JSON.stringify(call({ name: 'x', secret: SENTINEL, own: () => 'y' })).includes(SENTINEL);
}

function dialectOf(route: string): DialectName {
  if (route.includes(' /operator/')) return 'operator';
  return route.includes(' /v2/') ? 'payjp' : 'toast';
}

/** Where no secret is taken, the same credential with another one would only ask the same again. */
function callersOf({ callers }: World, { route }: Place, naming: Naming): readonly Caller[] {
  const dialect = dialectOf(route);
  const asked = new Set<string | null>();
  return callers.filter((caller) => {
    if (caller.dialect !== dialect) return false;
    // Where the secret is the name, another object's secret is another name.
    if (takesSecret(naming)) return !(naming.isSecret && caller.secret === 'another');
    const isNew = !asked.has(caller.credential);
    asked.add(caller.credential);
    return isNew;
  });
}

interface Target extends Named {
  readonly is: string;
  readonly isMalformed: boolean;
}

async function tellTales(world: World, place: Place, naming: Naming, caller: Caller): Promise<readonly string[]> {
  const targets = targetsOf(world, naming, caller);
  const answers = await Promise.all(
    targets.map(async (target) => {
      const response = await ask(world, place, caller, naming.call(target));
      return { target, status: response.status, text: await comparable(response, target.name) };
    }),
  );
  const title = titleOf(place, naming, caller);
  const problems: string[] = [];
  const isTold = naming.malformedStatus !== undefined || isRefusedInLive(naming, caller);
  const groups = isTold
    ? [false, true].map((isMalformed) => answers.filter(({ target }) => target.isMalformed === isMalformed))
    : [answers];
  for (const [index, group] of groups.entries()) {
    const status = statusOf(naming, caller, index === 1);
    const [first, ...others] = group;
    for (const answer of group.filter((each) => !isStatus(each.status, status))) {
      problems.push(`${title}, ${answer.target.is}: ${status} expected, found ${answer.text}`);
    }
    for (const other of others.filter(({ text }) => text !== first?.text)) {
      problems.push(`${title}: ${other.target.is} is told from ${first?.target.is}:\n${other.text}\n${first?.text}`);
    }
  }
  return problems;
}

function statusOf(naming: Naming, caller: Caller, isMalformed: boolean): number | 'refused' {
  if (caller.status !== undefined) return caller.status;
  if (isRefusedInLive(naming, caller)) return 'refused';
  // Without the secret that Toast asks for, a request is refused before anything is looked up.
  if (caller.dialect === 'toast' && takesSecret(naming)) return 'refused';
  return (isMalformed ? naming.malformedStatus : naming.status) ?? 404;
}

function isRefusedInLive(naming: Naming, { sees }: Caller): boolean {
  return sees === 'live' && naming.isRefusedInLive === true;
}

function isStatus(status: number, expected: number | 'refused'): boolean {
  return expected === 'refused' ? status >= 400 && status < 500 : status === expected;
}

/** Every object that the caller may not know of. */
function targetsOf({ onfile, kits }: World, naming: Naming, caller: Caller): readonly Target[] {
  const { dialect, sees } = caller;
  const held = kits[dialect];
  const kit = held[sees ?? 'ours'];
  const own = namesIn(kit, dialect);
  const another = caller.secret === 'none' ? null : secretOf(held.ours, caller);
  const target = (is: string, name: string, right: string | null = another, isMalformed = false): Target => ({
    is,
    name,
    secret: caller.secret === 'right' ? right : another,
    own,
    isMalformed,
  });
  const hidden = HOLDERS.filter((holder) => holder !== sees && !(holder === 'deleted' && naming.outlivesDeletion));
  const there = hidden.flatMap((holder) => {
    const thing = held[holder][naming.kind];
    if (thing === undefined) return [];
    return [target(holder, nameOf(naming.kind, thing, dialect), thing.secrets?.[dialect] ?? another)];
  });
  const nobodys = onfile.ids.next();
  const [secret = null, ...brokenSecrets] = naming.isSecret ? secretsOfNothing(nobodys, another ?? '') : [another];
  const unknown = target('unknown', unknownName(naming.kind, dialect, nobodys), secret);
  const malformed = malformedNames(naming.kind, dialect, unknown.name).map((name, index) =>
    target(`malformed ${JSON.stringify(name.slice(0, 20))}`, name, brokenSecrets[index] ?? another, true),
  );
  return [unknown, ...there, ...malformed];
}

/** Of an intent that is not there, with the end of one that is; then three that nobody can have made. */
function secretsOfNothing(id: Uuid, good: string): readonly string[] {
  const unknown = `SI_${id.replaceAll('-', '')}${good.slice(35)}`;
  return [unknown, unknown.slice(0, -1), `${good}x`, 'nothing'];
}

function unknownName(kind: Kind, dialect: DialectName, id: Uuid): string {
  return nameOf(kind, { id, ...(kind === 'chosenCustomer' && { chosenId: `chosen-${id}` }) }, dialect);
}

function malformedNames(kind: Kind, dialect: DialectName, good: string): readonly string[] {
  const cut = good.slice(0, -1);
  if (dialect !== 'payjp') return [cut, `${cut}g`, 'nothing'];
  // Cut short, a customer's id is one that a merchant may have chosen.
  const isCustomer = kind === 'customer' || kind === 'chosenCustomer';
  return [isCustomer ? `${good}#` : cut, `${cut}!`, '１'];
}

function ask(world: World, { origin, route }: Place, caller: Caller, request: Request): Promise<Response> {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replaceAll(/:([A-Za-z_]+)/g, (_, parameter: string) =>
    encodeURIComponent(request.path?.[parameter] ?? 'x'),
  );
  const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query)}`;
  const { apiUrl, vaultUrl } = world.onfile;
  return send(origin === 'api' ? apiUrl : vaultUrl, `${method} ${path}${query}`, caller.credential, {
    ...request,
    headers: { ...caller.headers, ...request.headers },
  });
}

function titleOf({ origin, route }: Place, naming: Naming, caller: Caller): string {
  return `${route} (${origin}), ${naming.kind} at ${naming.at}, ${caller.is}`;
}

/** That a key was used with a refusal is remembered on purpose. */
const REMEMBERED = ['idempotency_records'];

/** What each table holds. */
async function digestOf(database: pg.Client): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await database.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ($1)",
    [REMEMBERED],
  );
  const digests = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, md5(string_agg(line::text, '|' ORDER BY line::text)) AS digest FROM "${name}" AS line`,
  );
  const { rows } = await database.query<{ name: string; digest: string }>(digests.join(' UNION ALL '));
  return new Map(rows.map(({ name, digest }) => [name, digest ?? 'empty']));
}
