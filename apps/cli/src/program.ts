import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { CommandFault, EXIT_CODES, EXIT_CODES_HELP } from './output.js';
import { addWebhookCommands } from './webhook-commands.js';

/** Commands are loaded when they run: what `--help` and `dev` do not need costs them neither time nor memory. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT_CODES.done;
  const program = new Command('onfile')
    .description("Saves a customer's payment method for later use, without charging it.")
    .version(readVersion(), '--version')
    .addHelpText('after', `\nStart here:\n  $ onfile dev\n${EXIT_CODES_HELP}`)
    .exitOverride();

  program
    .command('dev')
    .description('start everything on this machine, with a test merchant, a test processor and a demo shop')
    .addOption(jsonOption('print the addresses and keys as one line of JSON when everything answers'))
    .addHelpText(
      'after',
      `
The data lies in .onfile, with its own PostgreSQL; ONFILE_DATA_DIR moves it, DATABASE_URL uses another server.
ONFILE_PORT moves the first of the five ports. Ctrl-C stops everything.

Examples:
  $ onfile dev
  $ ONFILE_PORT=5242 onfile dev --json`,
    )
    .action(async ({ json = false }) => {
      exitCode = await (await import('./dev/dev.js')).dev({ json });
    });

  program
    .command('serve')
    .description('run the server, or one role of it, on the database that DATABASE_URL names')
    .addOption(new Option('--role <role>', 'what this process does; ONFILE_ROLE says the same').choices(ROLES))
    .addHelpText(
      'after',
      `
The dashboard's role comes with the dashboard. Logs are JSON lines on the standard output.

Examples:
  $ DATABASE_URL=postgres://onfile@db/onfile onfile migrate
  $ DATABASE_URL=postgres://onfile@db/onfile onfile serve
  $ DATABASE_URL=postgres://onfile@db/onfile ONFILE_PUBLIC_VAULT_URL=https://vault.example.com onfile serve --role vault`,
    )
    .action(async ({ role }) => {
      exitCode = await (await import('./serve.js')).serve({ role });
    });

  program
    .command('migrate')
    .description('bring the database up to this release')
    .addOption(jsonOption())
    .action(async ({ json = false }) => {
      exitCode = await (await import('./migrate.js')).migrateDatabase({ json });
    });

  addKeyCommands(program, (code) => {
    exitCode = code;
  });
  addWebhookCommands(program, (code) => {
    exitCode = code;
  });

  addMerchantCommands(program, (code) => {
    exitCode = code;
  });

  try {
    await program.parseAsync(args);
    return exitCode;
  } catch (error) {
    return reportFault(error);
  }
}

/** `dashboard` is known, and refused with the reason. */
const ROLES = ['all', 'api', 'vault', 'worker', 'dashboard'];

function addKeyCommands(program: Command, endWith: (exitCode: number) => void): void {
  const keys = program.command('keys').description("make, list and revoke merchants' API keys");
  const merchantOption = () => new Option('--merchant <id>', 'whose keys; may be left out while there is one merchant');

  keys
    .command('create')
    .description('make a key; it is shown once and cannot be read again')
    .addOption(merchantOption())
    .addOption(
      new Option('--kind <kind>', 'secret: for servers; public: for pages')
        .choices(['secret', 'public'])
        .default('secret'),
    )
    .addOption(
      new Option('--mode <mode>', 'live needs a processor and a key provider, which this release has for test only')
        .choices(['test', 'live'])
        .default('test'),
    )
    .option('--name <name>', 'to tell it from others in the list')
    .option('--merchant-name <name>', 'makes a merchant of that name, and the key for it')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ onfile keys create --merchant-name "My shop"
  $ onfile keys create --kind public --name "web shop"`,
    )
    .action(async (options) => endWith(await (await import('./keys.js')).createKey(options)));

  keys
    .command('list')
    .description('list the keys of a merchant; the keys themselves are kept nowhere')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .action(async (options) => endWith(await (await import('./keys.js')).listKeys(options)));

  keys
    .command('revoke <key-id>')
    .description('end a key; requests with it are refused within 5 seconds')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .action(async (keyId, options) => endWith(await (await import('./keys.js')).revokeKey(keyId, options)));

  addClientCommands(keys, endWith);
}

function addClientCommands(keys: Command, endWith: (exitCode: number) => void): void {
  const clients = keys
    .command('clients')
    .description("credential sets of callers who log in for a token: Toast's clientId and clientSecret");
  const merchantOption = () => new Option('--merchant <id>', 'whose; may be left out while there is one merchant');
  const load = () => import('./api-clients.js');

  clients
    .command('create')
    .description('make a set, for test mode; its secret is shown once and cannot be read again')
    .addOption(merchantOption())
    .addOption(
      new Option('--set <set>', 'payment: for servers; iframe: for the token that a page gets')
        .choices(['payment', 'iframe'])
        .default('payment'),
    )
    .option('--name <name>', 'to tell it from others in the list')
    .option('--merchant-name <name>', 'makes a merchant of that name, and the set for it')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys clients create --set iframe')
    .action(async (options) => endWith(await (await load()).createClient(options)));

  clients
    .command('list')
    .description('list them, without their secrets')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .action(async (options) => endWith(await (await load()).listClients(options)));

  clients
    .command('revoke <id>')
    .description('end a set; its tokens are refused within 5 seconds')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .action(async (id, options) => endWith(await (await load()).revokeClient(id, options)));
}

function addMerchantCommands(program: Command, endWith: (exitCode: number) => void): void {
  const merchants = program.command('merchants').description("look after merchants' settings");
  const origins = merchants
    .command('origins')
    .description('the origins whose pages may show card forms; in test mode http://localhost needs no registration');
  const merchantOption = () => new Option('--merchant <id>', 'whose; may be left out while there is one merchant');
  const load = () => import('./merchant-origins.js');

  origins
    .command('list')
    .description('list them')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .action(async (options) => endWith(await (await load()).listOrigins(options)));

  origins
    .command('add <origin>')
    .description('register an origin, such as https://shop.example')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants origins add https://shop.example')
    .action(async (origin, options) => endWith(await (await load()).addOrigin(origin, options)));

  origins
    .command('remove <origin>')
    .description('end the registration of an origin')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .action(async (origin, options) => endWith(await (await load()).removeOrigin(origin, options)));
}

function jsonOption(description = 'answer in JSON lines, as it does anyway without a terminal'): Option {
  return new Option('--json', description);
}

function reportFault(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.misused;
  const { message, exitCode } = asCommandFault(error);
  process.stderr.write(`onfile: ${message}\n`);
  return exitCode;
}

function asCommandFault(error: unknown): { message: string; exitCode: number } {
  if (error instanceof CommandFault) return error;
  const fault = error instanceof Error ? error : new Error(String(error));
  if (fault.name === 'ConfigFault') return { message: fault.message, exitCode: EXIT_CODES.misused };
  const isTaken = (fault as { code?: unknown }).code === 'data_directory_in_use';
  return { message: fault.message, exitCode: isTaken ? EXIT_CODES.taken : EXIT_CODES.fault };
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
