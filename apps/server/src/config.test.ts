import { describe, expect, test } from 'vitest';
import { ConfigFault, readConfig, unsafeInProduction } from './config.js';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment, '/srv');
    return [];
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults;
    throw error;
  }
}

describe('configuration', () => {
  test('an empty environment gives the documented defaults', () => {
    expect(readConfig({}, '/srv')).toEqual({
      role: 'all',
      workers: 1,
      host: '127.0.0.1',
      ports: { api: 4242, vault: 4243, dashboard: 4244, simulator: 4245, demo: 4246 },
      publicApiUrl: null,
      publicVaultUrl: null,
      dataDirectory: '/srv/.onfile',
      databaseUrl: null,
      keyFile: '/srv/.onfile/vault.keys',
      tokenKeyFile: '/srv/.onfile/tokens.pem',
      rateLimits: 'on',
      rowSecurity: 'off',
      commitForm: 'one-statement',
      isolation: 'read-committed',
      testModeLimitFactor: 100,
      trustedProxies: [],
      logLevel: 'info',
      simulatorUrl: null,
      processorConnectTimeoutMs: 5_000,
      processorTimeoutMs: 30_000,
      cardExpiryNoticeDays: [60, 30],
      payjpNaming: 'both',
    });
  });

  test('the first port moves all the others, and 0 leaves every port to the system', () => {
    expect(readConfig({ ONFILE_PORT: '5000' }, '/').ports).toMatchObject({ api: 5000, vault: 5001, demo: 5004 });
    expect(Object.values(readConfig({ ONFILE_PORT: '0' }, '/').ports)).toEqual([0, 0, 0, 0, 0]);
  });

  test('a checked configuration cannot be changed', () => {
    expect(Object.isFrozen(readConfig({}, '/srv'))).toBe(true);
  });

  const wrong = [
    // setting                     value                          the fault names
    ['ONFILE_PORT', '65535', '65531'],
    ['ONFILE_PORT', '80.5', 'whole number'],
    ['ONFILE_ROLE', 'dashboard', 'all, api, vault, worker'],
    ['ONFILE_WORKERS', '0', '1 to 64'],
    ['ONFILE_WORKERS', '2', 'set DATABASE_URL'],
    ['ONFILE_HOST', 'a b', 'host name'],
    ['ONFILE_LOG_LEVEL', 'loud', 'debug, info, warn, error'],
    ['ONFILE_PUBLIC_API_URL', 'api.example.com', 'origin'],
    ['ONFILE_PUBLIC_VAULT_URL', 'https://vault.example.com/path', 'without a path'],
    ['ONFILE_TRUSTED_PROXIES', '10.0.0.0/8, 300.1.1.1', '300.1.1.1'],
    ['ONFILE_TRUSTED_PROXIES', '10.0.0.0/33', '10.0.0.0/33'],
    ['ONFILE_PROCESSOR_TIMEOUT_MS', '-1', 'whole number'],
    ['ONFILE_TEST_MODE_LIMIT_FACTOR', '10001', 'from 0 to 10000'],
    ['ONFILE_CARD_EXPIRY_NOTICE_DAYS', '60,x', 'from 1 to 365'],
    ['ONFILE_CARD_EXPIRY_NOTICE_DAYS', '0', 'from 1 to 365'],
    ['ONFILE_CARD_EXPIRY_NOTICE_DAYS', '1,2,3,4,5,6,7,8,9,10,11', 'at most 10'],
    ['ONFILE_PAYJP_NAMING', 'old', 'both, current, seed'],
    ['DATABASE_URL', 'mysql://root@db/onfile', 'postgres://'],
    ['DATABASE_URL', 'postgres://me:a/b#c@db/onfile', '%23'],
  ] as const;
  for (const [name, value, named] of wrong) {
    test(`${name}=${value} is refused by name, and the fault tells what was expected`, () => {
      const faults = faultsOf({ [name]: value });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain(name);
      expect(faults[0]).toContain(named);
    });
  }

  test('every fault is listed at once', () => {
    expect(faultsOf({ ONFILE_PORT: 'x', ONFILE_ROLE: 'x', ONFILE_LOG_LEVEL: 'x' })).toHaveLength(3);
  });

  test('a database address that is refused is not repeated, since it can hold a password', () => {
    expect(faultsOf({ DATABASE_URL: 'mysql://root:hunter2@db/onfile' }).join()).not.toContain('hunter2');
  });

  test('a single role without a shared database is refused', () => {
    expect(faultsOf({ ONFILE_ROLE: 'worker' }).join()).toContain('DATABASE_URL');
    expect(faultsOf({ ONFILE_ROLE: 'worker', DATABASE_URL: 'postgres://db/onfile' })).toEqual([]);
    expect(faultsOf({ DATABASE_URL: 'postgres://me@/onfile?host=/run/postgresql' })).toEqual([]);
  });

  test('the vault is refused on the origin of the API', () => {
    const same = 'https://onfile.example.com';
    expect(faultsOf({ ONFILE_PUBLIC_API_URL: same, ONFILE_PUBLIC_VAULT_URL: `${same}/` }).join()).toContain(
      'origin of its own',
    );
  });

  test('listening for others without TLS or with the embedded database is called unsafe; loopback is not', () => {
    expect(unsafeInProduction(readConfig({}, '/'))).toEqual([]);
    expect(unsafeInProduction(readConfig({ ONFILE_HOST: '0.0.0.0' }, '/'))).toHaveLength(3);
  });
});
