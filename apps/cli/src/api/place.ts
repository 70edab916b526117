import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type DevFile, readDevFile } from '../dev/dev-file.js';
import { CommandFault, EXIT_CODES } from '../output.js';

/** Which server is talked to, as whom, and where the command keeps what it has to remember about it. */
export interface Place {
  readonly apiUrl: string;
  /** The vault's origin, where it is known: `ONFILE_VAULT_URL`, or what `onfile dev` says. */
  readonly vaultUrl: string | null;
  /** For the operator API: an operator's key or a merchant's. */
  readonly key: string;
  /** For the dialects; `null` when there is only an operator's key. */
  readonly secretKey: string | null;
  /** The merchant that an operator's key speaks of; `null` for the only one. */
  readonly merchantId: string | null;
  readonly mode: 'test' | 'live';
  /** For files of this command that outlive it. */
  readonly stateDirectory: string;
  /** What `onfile dev` wrote, when that is where this is. */
  readonly dev: DevFile | null;
}

export interface PlaceOptions {
  readonly merchant?: string;
  readonly mode?: 'test' | 'live';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `ONFILE_API_URL` with `ONFILE_API_KEY`, or else the server that `onfile dev` described in its data directory. */
export async function findPlace(
  options: PlaceOptions = {},
  environment: Environment = process.env,
  workingDirectory: string = process.cwd(),
): Promise<Place> {
  const { ONFILE_API_URL: url = '', ONFILE_API_KEY: key = '' } = environment;
  if (url !== '' && key !== '') return namedPlace({ url, key }, options, environment);
  if (url !== '' || key !== '') {
    const [there, missing] = url === '' ? ['ONFILE_API_KEY', 'ONFILE_API_URL'] : ['ONFILE_API_URL', 'ONFILE_API_KEY'];
    // A key goes only to the server that it was set for.
    throw new CommandFault(`${there} is set without ${missing}: set both, or neither`, EXIT_CODES.misused);
  }
  const directory = dataDirectory(environment, workingDirectory);
  const dev = await readDevFile(directory);
  if (dev !== null) return devPlace(dev, options, { directory, environment });
  throw new CommandFault(
    `No server is named. Start one here with \`onfile dev\`, or set ONFILE_API_URL and ONFILE_API_KEY (there is no dev.json in ${directory})`,
    EXIT_CODES.misused,
  );
}

export function dataDirectory(environment: Environment, workingDirectory: string): string {
  return resolve(workingDirectory, environment.ONFILE_DATA_DIR || '.onfile');
}

function namedPlace(
  { url, key }: { url: string; key: string },
  options: PlaceOptions,
  environment: Environment,
): Place {
  const kind = kindOf(key);
  if (kind === null) {
    throw new CommandFault(
      'ONFILE_API_KEY has to be a secret key (sk_test_…) or an operator key (op_…)',
      EXIT_CODES.misused,
    );
  }
  return {
    apiUrl: readOrigin('ONFILE_API_URL', url),
    vaultUrl: environment.ONFILE_VAULT_URL ? readOrigin('ONFILE_VAULT_URL', environment.ONFILE_VAULT_URL) : null,
    key,
    secretKey: kind === 'secret' ? key : null,
    ...chosenScope(key, options, environment),
    stateDirectory: join(environment.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'onfile'),
    dev: null,
  };
}

function devPlace(
  dev: DevFile,
  options: PlaceOptions,
  { directory, environment }: { directory: string; environment: Environment },
): Place {
  const { apiUrl, vaultUrl, merchant } = dev;
  const key = dev.operatorKey ?? merchant.secretKey;
  const wished = { merchant: merchant.id, ...options };
  const scope = chosenScope(key, wished, environment);
  const isTestMerchant = scope.merchantId === merchant.id && scope.mode === 'test';
  const secretKey = isTestMerchant ? merchant.secretKey : null;
  return { apiUrl, vaultUrl, key, secretKey, ...scope, stateDirectory: directory, dev };
}

/** A merchant's key says whose it is and for which mode, and nothing else can be chosen with it. */
function chosenScope(
  key: string,
  { merchant, mode }: PlaceOptions,
  { ONFILE_MERCHANT = '' }: Environment,
): Pick<Place, 'merchantId' | 'mode'> {
  const wanted = ONFILE_MERCHANT !== '' && merchant === undefined ? ONFILE_MERCHANT : (merchant ?? null);
  const own = merchantOfKey(key);
  if (own === null) return { merchantId: wanted, mode: mode ?? 'test' };
  if (wanted !== null && wanted !== own.merchantId) {
    throw new CommandFault(`The key belongs to merchant ${own.merchantId}, not to ${wanted}`, EXIT_CODES.misused);
  }
  if (mode !== undefined && mode !== own.mode) {
    throw new CommandFault(`The key is for ${own.mode} mode: use a ${mode} key`, EXIT_CODES.misused);
  }
  return own;
}

function kindOf(key: string): 'secret' | 'operator' | null {
  if (merchantOfKey(key) !== null) return 'secret';
  return /^op_[0-9A-Za-z_]+$/.test(key) ? 'operator' : null;
}

const SECRET_KEY = /^sk_(test|live)_([0-9a-v]{26})[0-9A-Za-z]+$/;

/** A secret key carries its merchant's id, a UUID in 26 digits of base 32. */
function merchantOfKey(key: string): { merchantId: string; mode: 'test' | 'live' } | null {
  const [, mode, digits = ''] = SECRET_KEY.exec(key) ?? [];
  if (mode !== 'test' && mode !== 'live') return null;
  let value = 0n;
  for (const digit of digits) value = value * 32n + BigInt(Number.parseInt(digit, 32));
  const hex = value.toString(16).padStart(32, '0').slice(-32);
  return { merchantId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), mode };
}

function readOrigin(setting: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    return url.href.replace(/\/$/, '');
  }
  throw new CommandFault(
    `${setting} has to be an address such as https://api.pay.example, without user or password`,
    EXIT_CODES.misused,
  );
}
