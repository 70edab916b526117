import { ENTRIES } from '../isolation/entries.js';
import type { Search } from '../leaks-search.js';
import { type Altered, alter } from './alter.js';
import { problemOf } from './judge.js';
import { seeded } from './random.js';
import { type Credentials, requestTo, type Things } from './seeds.js';
import { createSender } from './send.js';

interface FuzzOptions {
  readonly urls: Readonly<Record<'api' | 'vault', string>>;
  readonly seed: number;
  readonly requests: number;
  readonly credentials: Credentials;
  /** Called now and then, so that not every object was spent by an earlier request. */
  readonly makeThings: () => Promise<Things>;
  /** For what no answer may hold. */
  readonly search: Search;
}

export interface Fuzzed {
  /** One for each bad answer, with what sends that request again; at most {@link PROBLEMS_MAX}. */
  readonly problems: readonly string[];
  /** How often each status was answered; `none` where a bare connection ended without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
}

const AT_ONCE = 8;
const THINGS_FOR = 400;
const PROBLEMS_MAX = 20;

/** Sends altered requests to every route of the registry. Which, follows from seed and number alone. */
export async function fuzz(options: FuzzOptions): Promise<Fuzzed> {
  const { urls, seed, requests, credentials, makeThings, search } = options;
  const routes = Object.keys(ENTRIES);
  const sender = createSender(urls);
  const problems: string[] = [];
  const statuses: Record<string, number> = {};
  let things = await makeThings();
  let next = 0;
  const work = async () => {
    while (next < requests && problems.length < PROBLEMS_MAX) {
      const number = next;
      next += 1;
      if (number > 0 && number % THINGS_FOR === 0) things = await makeThings();
      const random = seeded(seed * 1_000_003 + number);
      const altered = alter(requestTo(routes[number % routes.length] as string, things, credentials, random), random);
      const answer = await sender.send(altered);
      statuses[answer.status ?? 'none'] = (statuses[answer.status ?? 'none'] ?? 0) + 1;
      const problem = problemOf(altered, answer, search);
      if (problem !== null) problems.push(`seed ${seed}, request ${number}: ${problem}\n${describe(altered)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    sender.close();
  }
  return { problems, statuses };
}

function describe({ origin, method, address, headers, body, head }: Altered): string {
  const sent =
    head === null
      ? `${method} ${address} ${JSON.stringify(headers)}`
      : `bare: ${JSON.stringify(head.toString('latin1'))}`;
  return `${origin}: ${sent}\n${JSON.stringify(body?.toString('latin1') ?? null)}`.slice(0, 3_000);
}
