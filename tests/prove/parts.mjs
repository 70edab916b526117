/**
 * What `npm run prove` runs: each part is some of the tests with their counts raised by the environment, and a row of the sheet.
 * Figures are those that the tests recorded (`figures.ts`), never what was asked of them.
 *
 * @typedef {ReadonlyMap<string, number>} Figures
 * @typedef {object} Part
 * @property {string} name
 * @property {string} what
 * @property {string} goal in words, as it stands in the sheet
 * @property {readonly string[]} tests folders or files; the part is not run when none is there
 * @property {Readonly<Record<string, number>>} counts flags, with what the long tier takes
 * @property {(counts: Readonly<Record<string, number>>) => Readonly<Record<string, string | number>>} environment
 * @property {string | null} seed the environment's name for the seed
 * @property {readonly string[]} needs figures without which the row says nothing
 * @property {(figures: Figures) => string} measured
 * @property {(figures: Figures) => boolean} isReached
 * @property {(figures: Figures) => string} control
 */

const get = (figures, name) => figures.get(name) ?? 0;
const number = (value) => value.toLocaleString('en');
const show = (figures, name) => number(get(figures, name));
const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
const foundOut = (part) => (figures) => `${plural(get(figures, `${part}.controls`), 'planted bug')} found out`;
const passed = (figures) => `${plural(get(figures, 'tests passed'), 'test')} passed`;

/** @type {readonly Part[]} */
export const PARTS = [
  {
    name: 'simulation',
    what: 'simulated histories; planted protocol bugs found',
    goal: '20,000, all correct; at least 15 of 15',
    tests: ['tests/simulation'],
    counts: { histories: 20_000 },
    environment: ({ histories }) => ({ ONFILE_SIMULATION_HISTORIES: histories }),
    seed: 'ONFILE_SIMULATION_SEED',
    needs: ['simulation.histories', 'simulation.planted bugs', 'simulation.planted bugs found'],
    measured: (f) => `${show(f, 'simulation.histories')} histories, all correct`,
    isReached: (f) =>
      get(f, 'simulation.histories') >= 20_000 &&
      get(f, 'simulation.planted bugs') >= 15 &&
      get(f, 'simulation.planted bugs found') === get(f, 'simulation.planted bugs'),
    control: (f) =>
      `${show(f, 'simulation.planted bugs found')} of ${show(f, 'simulation.planted bugs')} planted bugs found`,
  },
  {
    name: 'crashes',
    what: 'kill -9 rounds, each with at least 50 acknowledged operations',
    goal: '200: 0 lost, 0 verified twice, 0 stuck over 60 s',
    tests: ['tests/crashes'],
    counts: { rounds: 200 },
    // Two of three in split roles, at named points and at random; the others kill one process with its own database.
    environment: ({ rounds }) => ({
      ONFILE_CRASH_POINT_ROUNDS: rounds - Math.floor(rounds / 3),
      ONFILE_CRASH_ROUNDS: Math.max(1, Math.floor(rounds / 3)),
    }),
    seed: 'ONFILE_CRASH_SEED',
    needs: ['crashes.rounds', 'crashes.acknowledged', 'crashes.contradictions', 'crashes.unfinished after 60 s'],
    measured: (f) =>
      `${show(f, 'crashes.rounds')} rounds, ${show(f, 'crashes.points')} named points and at random; ` +
      `${show(f, 'crashes.acknowledged')} acknowledged operations, ${show(f, 'crashes.verifications')} verifications: ` +
      `${show(f, 'crashes.contradictions')} contradictions, ${show(f, 'crashes.unfinished after 60 s')} unfinished after 60 s`,
    isReached: (f) =>
      get(f, 'crashes.rounds') >= 200 &&
      get(f, 'crashes.acknowledged') >= 50 * get(f, 'crashes.rounds') &&
      get(f, 'crashes.contradictions') + get(f, 'crashes.unfinished after 60 s') === 0,
    control: foundOut('crashes'),
  },
  {
    name: 'database',
    what: 'database fault rounds: resets in COMMIT, silence, restarts, outages of 30 s, a full disk',
    goal: '50: 0 lost, 0 doubled; only 503 meanwhile, back within 5 s',
    tests: ['tests/database-faults'],
    counts: { 'database-rounds': 50, 'outage-seconds': 30 },
    environment: (counts) => ({
      ONFILE_DATABASE_ROUNDS: counts['database-rounds'],
      ONFILE_DATABASE_OUTAGE_MS: counts['outage-seconds'] * 1_000,
    }),
    seed: 'ONFILE_DATABASE_SEED',
    needs: ['database.rounds', 'database.acknowledged', 'database.lost or doubled', 'database.longest way back in ms'],
    measured: (f) =>
      `${show(f, 'database.rounds')} rounds, ${show(f, 'database.commits reset')} commits reset; ` +
      `${show(f, 'database.acknowledged')} acknowledged operations, ${show(f, 'database.answers of 503')} answers of 503: ` +
      `${show(f, 'database.lost or doubled')} lost or doubled; longest way back ${show(f, 'database.longest way back in ms')} ms`,
    isReached: (f) =>
      get(f, 'database.rounds') >= 50 &&
      get(f, 'database.lost or doubled') === 0 &&
      get(f, 'database.longest way back in ms') <= 5_000,
    control: foundOut('database'),
  },
  {
    name: 'races',
    what: 'setups × concurrent confirms, over two server processes',
    goal: '500 × 64: exactly one attempt and one processor call each',
    tests: ['tests/races'],
    counts: { setups: 500, 'at-once': 64, orders: 120 },
    environment: (counts) => ({
      ONFILE_RACE_SETUPS: counts.setups,
      ONFILE_RACE_CONFIRMS: counts['at-once'],
      ONFILE_RACE_ORDERS: counts.orders,
    }),
    seed: 'ONFILE_RACE_SEED',
    needs: ['races.setups', 'races.confirms', 'races.attempts', 'races.processor calls'],
    measured: (f) =>
      `${show(f, 'races.setups')} setups, ${show(f, 'races.confirms')} confirms: ${show(f, 'races.attempts')} attempts, ` +
      `${show(f, 'races.processor calls')} processor calls; ${show(f, 'races.orders')} orders of confirm, cancel, update, ` +
      `return and expiry, ${show(f, 'races.histories')} setups`,
    isReached: (f) =>
      get(f, 'races.setups') >= 500 &&
      get(f, 'races.confirms') >= 64 * get(f, 'races.setups') &&
      get(f, 'races.attempts') === get(f, 'races.setups') &&
      get(f, 'races.processor calls') === get(f, 'races.setups'),
    control: foundOut('races'),
  },
  {
    name: 'unknown',
    what: 'confirms at 30 % processor faults',
    goal: '5,000: 0 double verifications, 0 wrong endings, all ended or flagged',
    tests: ['tests/unknown-outcomes'],
    counts: { confirms: 5_000 },
    environment: ({ confirms }) => ({ ONFILE_UNKNOWN_CONFIRMS: confirms }),
    seed: 'ONFILE_UNKNOWN_SEED',
    needs: ['unknown.confirms', 'unknown.verifications', 'unknown.contradictions'],
    measured: (f) =>
      `${show(f, 'unknown.confirms')} confirms, ${show(f, 'unknown.kinds of fault')} kinds of fault, ` +
      `${show(f, 'unknown.verifications')} verifications: ${show(f, 'unknown.contradictions')} doubled or wrong; ` +
      `${show(f, 'unknown.flagged')} flagged, the others ended`,
    isReached: (f) => get(f, 'unknown.confirms') >= 5_000 && get(f, 'unknown.contradictions') === 0,
    control: foundOut('unknown'),
  },
  {
    name: 'isolation',
    what: 'isolation matrix',
    goal: '100 % of routes',
    tests: ['tests/isolation'],
    counts: {},
    environment: () => ({}),
    seed: null,
    needs: ['tests passed'],
    // A route without an entry fails the first of them.
    measured: (f) => `every answered route has its entries; ${passed(f)}`,
    isReached: (f) => get(f, 'tests passed') > 0,
    control: () => 'among them: a planted route fails the check',
  },
  {
    name: 'fuzz',
    what: 'fuzzed requests',
    goal: '100,000: 0 answers of 5xx, 0 crashes, 0 canary bytes anywhere, 0 copies in vault memory',
    tests: ['tests/fuzz'],
    counts: { requests: 100_000 },
    environment: ({ requests }) => ({ ONFILE_FUZZ_REQUESTS: requests }),
    seed: 'ONFILE_FUZZ_SEED',
    needs: ['fuzz.requests', 'fuzz.answers of 5xx', 'fuzz.crashes', 'fuzz.canaries found', 'fuzz.copies in memory'],
    measured: (f) =>
      `${show(f, 'fuzz.requests')} requests: ${show(f, 'fuzz.answers of 5xx')} answers of 5xx, ${show(f, 'fuzz.crashes')} crashes, ` +
      `${show(f, 'fuzz.canaries found')} canaries found, ${show(f, 'fuzz.copies in memory')} copies in vault memory`,
    isReached: (f) =>
      get(f, 'fuzz.requests') >= 100_000 &&
      ['answers of 5xx', 'crashes', 'canaries found', 'copies in memory'].every((each) => get(f, `fuzz.${each}`) === 0),
    control: foundOut('fuzz'),
  },
];
