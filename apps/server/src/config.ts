import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { NAMINGS, type Naming } from '@onfile/dialects';

/** `all` is every role in one process. The dashboard's role comes with the dashboard. */
export const ROLES = ['all', 'api', 'vault', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that can be set, checked as a whole. Nothing else in the process reads the environment. */
export interface Config {
  /** `ONFILE_ROLE`, default `all`: what this process does. Any number of processes of each role share one database. */
  readonly role: Role;
  /**
   * `ONFILE_WORKERS`, default 1: how many processes of this role `onfile serve` runs, which share the ports, for machines with
   * several processor cores. Each takes memory and database connections of its own. Above 1 needs `DATABASE_URL`. `onfile dev`
   * is always one process.
   */
  readonly workers: number;
  /**
   * `ONFILE_HOST`, default `127.0.0.1`: the address to listen on. Anything but loopback makes the server reachable by
   * others, and then a proxy in front of it has to end TLS.
   */
  readonly host: string;
  /** `ONFILE_PORT`, default 4242: the API's port. The vault's is one above, and so on; 0 takes any free port for each. */
  readonly ports: Ports;
  /** `ONFILE_PUBLIC_API_URL`, default the address listened on: the API's origin as callers know it. */
  readonly publicApiUrl: string | null;
  /** `ONFILE_PUBLIC_VAULT_URL`, default the address listened on: the vault's origin as browsers know it. It is in hosted page links. */
  readonly publicVaultUrl: string | null;
  /** `ONFILE_DATA_DIR`, default `.onfile`: holds the embedded database, the vault's key file and `dev.json`. Absolute here. */
  readonly dataDirectory: string;
  /** `DATABASE_URL`, default none: a PostgreSQL 15 or later to use instead of the embedded one. */
  readonly databaseUrl: string | null;
  /**
   * `ONFILE_KEY_FILE`, default `vault.keys` in the data directory: the vault's root key, for development and test
   * mode. Whoever loses it cannot open a single saved card again. All vault processes need the same file.
   */
  readonly keyFile: string;
  /**
   * `ONFILE_TOKEN_KEY_FILE`, default `tokens.pem` beside the vault's key file: the key that signs tokens of callers who log
   * in. Whoever has it can call the API in their name. All processes of the roles `api` and `vault` need the same file.
   */
  readonly tokenKeyFile: string;
  /**
   * `ONFILE_RATE_LIMITS`, default `on`: whether the limits that a dialect has for its callers hold. `off` is for load tests,
   * and for where a proxy in front does it.
   */
  readonly rateLimits: 'on' | 'off';
  /**
   * `ONFILE_ROW_LEVEL_SECURITY`, default `off`: whether PostgreSQL itself keeps merchants apart, behind the conditions that
   * every statement has. `on` needs a database user that owns the tables and may make a role, and costs no round trip.
   */
  readonly rowSecurity: 'on' | 'off';
  /**
   * `ONFILE_COMMIT_FORM`, default `one-statement`: how changes are sent to the database. `pipelined` sends each as a transaction
   * of several statements, still in one round trip, and takes twice as many connections: for a database whose tables are
   * distributed over nodes. On a single PostgreSQL it is slower.
   */
  readonly commitForm: 'one-statement' | 'pipelined';
  /**
   * `ONFILE_TRANSACTION_ISOLATION`, default `read-committed`. `serializable` is for databases that have nothing weaker;
   * everywhere else it only makes changes that meet come again.
   */
  readonly isolation: 'read-committed' | 'serializable';
  /**
   * `ONFILE_TEST_MODE_LIMIT_FACTOR`, default 100: how many times as much as in live mode may be confirmed in test mode, from an
   * address, of a card and by a merchant, before the answer is 429. 1 shows how an integration meets the limits of live mode;
   * 0 switches them off, for load tests. In live mode they always hold.
   */
  readonly testModeLimitFactor: number;
  /**
   * `ONFILE_TRUSTED_PROXIES`, default none: addresses or networks (`10.0.0.0/8`), comma separated, whose
   * `X-Forwarded-For` is believed. Naming one that is no proxy of yours lets its users choose their own address.
   */
  readonly trustedProxies: readonly string[];
  /** `ONFILE_LOG_LEVEL`, default `info`: the least serious events that are written. `warn` leaves out the request log. */
  readonly logLevel: LogLevel;
  /** `ONFILE_SIMULATOR_URL`, default the port three above the API's: the processor of test mode. */
  readonly simulatorUrl: string | null;
  /** `ONFILE_PROCESSOR_CONNECT_TIMEOUT_MS`, default 5000: how long a connection to a processor may take. */
  readonly processorConnectTimeoutMs: number;
  /**
   * `ONFILE_PROCESSOR_TIMEOUT_MS`, default 30000: how long a processor may take to answer. What takes longer is not
   * declined but unknown, and a job asks again.
   */
  readonly processorTimeoutMs: number;
  /**
   * `ONFILE_CARD_EXPIRY_NOTICE_DAYS`, default `60,30`: how many days before a saved card's last day merchants are told that it
   * ends, as whole days from 1 to 365; at most ten, comma separated. A number added later is told of from then on.
   */
  readonly cardExpiryNoticeDays: readonly number[];
  /**
   * `ONFILE_PAYJP_NAMING`, default `both`: which generation of PAY.JP's names answers use. `current` is that of
   * 2025-12-10 and later (`customer_id`), `seed` that of the week before (`customer`). Requests may use either in any case.
   */
  readonly payjpNaming: Naming;
}

export interface Ports {
  readonly api: number;
  readonly vault: number;
  readonly dashboard: number;
  readonly simulator: number;
  readonly demo: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Lists everything that is wrong with the environment, so that one reading of it is enough. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Reads the environment. Throws {@link ConfigFault} with every fault that it finds; values that may be secret are not in it. */
export function readConfig(environment: Environment, workingDirectory: string): Config {
  const read = reader(environment);
  const dataDirectory = resolve(workingDirectory, read.text('ONFILE_DATA_DIR') ?? '.onfile');
  const keyFile = resolve(workingDirectory, read.text('ONFILE_KEY_FILE') ?? resolve(dataDirectory, 'vault.keys'));
  const config: Config = {
    role: read.oneOf('ONFILE_ROLE', ROLES, 'all'),
    workers: read.integer('ONFILE_WORKERS', { least: 1, most: 64, otherwise: 1 }),
    host: read.host('ONFILE_HOST', '127.0.0.1'),
    ports: portsFrom(read.integer('ONFILE_PORT', { least: 0, most: 65_531, otherwise: 4242 })),
    publicApiUrl: read.origin('ONFILE_PUBLIC_API_URL'),
    publicVaultUrl: read.origin('ONFILE_PUBLIC_VAULT_URL'),
    dataDirectory,
    databaseUrl: read.databaseUrl('DATABASE_URL'),
    keyFile,
    tokenKeyFile: resolve(
      workingDirectory,
      read.text('ONFILE_TOKEN_KEY_FILE') ?? resolve(dirname(keyFile), 'tokens.pem'),
    ),
    rateLimits: read.oneOf('ONFILE_RATE_LIMITS', ['on', 'off'], 'on'),
    rowSecurity: read.oneOf('ONFILE_ROW_LEVEL_SECURITY', ['on', 'off'], 'off'),
    commitForm: read.oneOf('ONFILE_COMMIT_FORM', ['one-statement', 'pipelined'], 'one-statement'),
    isolation: read.oneOf('ONFILE_TRANSACTION_ISOLATION', ['read-committed', 'serializable'], 'read-committed'),
    testModeLimitFactor: read.integer('ONFILE_TEST_MODE_LIMIT_FACTOR', { least: 0, most: 10_000, otherwise: 100 }),
    trustedProxies: read.networks('ONFILE_TRUSTED_PROXIES'),
    logLevel: read.oneOf('ONFILE_LOG_LEVEL', LOG_LEVELS, 'info'),
    simulatorUrl: read.origin('ONFILE_SIMULATOR_URL'),
    processorConnectTimeoutMs: read.integer('ONFILE_PROCESSOR_CONNECT_TIMEOUT_MS', {
      least: 100,
      most: 60_000,
      otherwise: 5_000,
    }),
    processorTimeoutMs: read.integer('ONFILE_PROCESSOR_TIMEOUT_MS', { least: 100, most: 120_000, otherwise: 30_000 }),
    cardExpiryNoticeDays: read.integers('ONFILE_CARD_EXPIRY_NOTICE_DAYS', {
      least: 1,
      most: 365,
      countMax: 10,
      otherwise: [60, 30],
    }),
    payjpNaming: read.oneOf('ONFILE_PAYJP_NAMING', NAMINGS, 'both'),
  };
  const faults = [...read.faults, ...faultsTogether(config)];
  if (faults.length > 0) throw new ConfigFault(faults);
  return Object.freeze(config);
}

/** What is set as no production system should be, each with what to set instead. */
export function unsafeInProduction(config: Config): readonly string[] {
  const found: string[] = [];
  if (!isLoopback(config.host)) {
    for (const [name, url] of [
      ['ONFILE_PUBLIC_API_URL', config.publicApiUrl],
      ['ONFILE_PUBLIC_VAULT_URL', config.publicVaultUrl],
    ] as const) {
      if (url === null || url.startsWith('http:')) {
        found.push(
          `${config.host} is reachable by others without TLS: end TLS in a proxy and set ${name} to its https address`,
        );
      }
    }
    if (config.databaseUrl === null) {
      found.push('The embedded database is for development: set DATABASE_URL to a PostgreSQL that is backed up');
    }
  }
  return found;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function portsFrom(first: number): Ports {
  const after = (steps: number) => (first === 0 ? 0 : first + steps);
  return { api: first, vault: after(1), dashboard: after(2), simulator: after(3), demo: after(4) };
}

function faultsTogether(config: Config): readonly string[] {
  const faults: string[] = [];
  const { publicApiUrl, publicVaultUrl, role, workers } = config;
  if (publicApiUrl !== null && publicApiUrl === publicVaultUrl) {
    faults.push(
      'ONFILE_PUBLIC_API_URL and ONFILE_PUBLIC_VAULT_URL are the same: the vault has to be an origin of its own',
    );
  }
  if (role !== 'all' && config.databaseUrl === null) {
    faults.push(
      `ONFILE_ROLE=${role} shares a database with other processes: set DATABASE_URL (the embedded one serves a single process)`,
    );
  }
  if (workers > 1 && config.databaseUrl === null) {
    faults.push(
      `ONFILE_WORKERS=${workers} (--workers) are processes that share a database: set DATABASE_URL (the embedded one serves a single process)`,
    );
  }
  if (config.processorConnectTimeoutMs > config.processorTimeoutMs) {
    faults.push('ONFILE_PROCESSOR_CONNECT_TIMEOUT_MS is more than ONFILE_PROCESSOR_TIMEOUT_MS, which includes it');
  }
  return faults;
}

function reader(environment: Environment) {
  const faults: string[] = [];

  function text(name: string): string | null {
    const value = environment[name];
    return value === undefined || value === '' ? null : value;
  }

  return {
    faults,
    text,

    oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
      const value = text(name);
      if (value === null) return otherwise;
      const found = allowed.find((candidate) => candidate === value);
      if (found === undefined)
        faults.push(`${name} is ${JSON.stringify(value)}; expected one of ${allowed.join(', ')}`);
      return found ?? otherwise;
    },

    integer(name: string, bounds: { least: number; most: number; otherwise: number }): number {
      const value = text(name);
      if (value === null) return bounds.otherwise;
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= bounds.least && number <= bounds.most) return number;
      faults.push(
        `${name} is ${JSON.stringify(value)}; expected a whole number from ${bounds.least} to ${bounds.most}`,
      );
      return bounds.otherwise;
    },

    integers(
      name: string,
      bounds: { least: number; most: number; countMax: number; otherwise: readonly number[] },
    ): readonly number[] {
      const value = text(name);
      if (value === null) return bounds.otherwise;
      const numbers = value.split(',').map((part) => (/^\d{1,9}$/.test(part.trim()) ? Number(part) : Number.NaN));
      const areAllowed = numbers.every((number) => number >= bounds.least && number <= bounds.most);
      if (areAllowed && numbers.length <= bounds.countMax) return numbers;
      faults.push(
        `${name} is ${JSON.stringify(value)}; expected at most ${bounds.countMax} whole numbers from ${bounds.least} to ${bounds.most}, comma separated`,
      );
      return bounds.otherwise;
    },

    host(name: string, otherwise: string): string {
      const value = text(name);
      if (value === null) return otherwise;
      if (isIP(value) === 0 && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value)) {
        faults.push(`${name} is ${JSON.stringify(value)}; expected a host name or an address`);
      }
      return value;
    },

    origin(name: string): string | null {
      const value = text(name);
      if (value === null) return null;
      const url = URL.canParse(value) ? new URL(value) : null;
      const isOrigin = url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
      if (!isOrigin) {
        faults.push(
          `${name} is not an origin; expected one like https://vault.example.com, without a path, user or query`,
        );
        return null;
      }
      return url.origin;
    },

    databaseUrl(name: string): string | null {
      const value = text(name);
      if (value === null) return null;
      // The address can hold a password, so it is not repeated here.
      if (!/^postgres(ql)?:\/\//.test(value)) faults.push(`${name} does not begin with postgres:// or postgresql://`);
      else if (!URL.canParse(value.replace('@/', '@socket/'))) {
        faults.push(
          `${name} is not an address; write special characters of the password as %23 for #, %2F for / and so on`,
        );
      }
      return value;
    },

    networks(name: string): readonly string[] {
      const networks = (text(name) ?? '')
        .split(',')
        .map((network) => network.trim())
        .filter((network) => network !== '');
      for (const network of networks) {
        if (!isNetwork(network))
          faults.push(`${name} holds ${JSON.stringify(network)}; expected an address, or a network like 10.0.0.0/8`);
      }
      return networks;
    },
  };
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}
