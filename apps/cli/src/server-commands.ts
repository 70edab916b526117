import { type Command, Option } from 'commander';
import { type EndWith, jsonOption, merchantOption, modeOption } from './shared-options.js';

/** What starts a server, readies its database, or looks at how it is. */
export function addServerCommands(program: Command, endWith: EndWith): void {
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
    .action(async ({ json = false }) => endWith(await (await import('./dev/dev.js')).dev({ json })));

  program
    .command('serve')
    .description('run the server, or one role of it, on the database that DATABASE_URL names')
    .addOption(new Option('--role <role>', 'what this process does; ONFILE_ROLE says the same').choices(ROLES))
    .addOption(
      new Option(
        '--workers <count>',
        'so many processes that share the ports, 1 by default; ONFILE_WORKERS says the same',
      ),
    )
    .addHelpText(
      'after',
      `
The dashboard's role comes with the dashboard. Logs are JSON lines on the standard output.
With --workers a process that ends is started again, and a signal to the first one ends them all. More than one for each processor
core gain nothing. Limits of requests are counted by each, and each tells its own requests to \`onfile logs\`.

Examples:
  $ DATABASE_URL=postgres://onfile@db/onfile onfile migrate
  $ DATABASE_URL=postgres://onfile@db/onfile onfile serve --workers 4
  $ DATABASE_URL=postgres://onfile@db/onfile ONFILE_PUBLIC_VAULT_URL=https://vault.example.com onfile serve --role vault`,
    )
    .action(async ({ role, workers }) => endWith(await (await import('./serve.js')).serve({ role, workers })));

  program
    .command('migrate')
    .description('bring the database up to this release')
    .addOption(
      new Option('--distribute <way>', 'place the tables on the nodes of a Citus cluster, by merchant').choices([
        'citus',
      ]),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
With --distribute citus, DATABASE_URL names the coordinator; docs/scaling.md tells the rest. Doing it again places what is new.

Examples:
  $ DATABASE_URL=postgres://onfile@db/onfile onfile migrate
  $ DATABASE_URL=postgres://onfile@coordinator/onfile onfile migrate --distribute citus`,
    )
    .action(async ({ json = false, distribute = null }) =>
      endWith(await (await import('./migrate.js')).migrateDatabase({ json, distribute })),
    );

  program
    .command('doctor')
    .description('look for what is wrong: settings, clocks, database, TLS, headers, scripts, webhooks')
    .addOption(merchantOption())
    .addOption(modeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Each finding says what to do. It ends with 6 when something should be looked at, with 7 when something does not work.

Examples:
  $ onfile doctor
  $ ONFILE_API_URL=https://api.pay.example ONFILE_VAULT_URL=https://vault.pay.example ONFILE_API_KEY=op_… onfile doctor --json`,
    )
    .action(async (options) => endWith(await (await import('./doctor/doctor.js')).doctor(options)));
}

/** `dashboard` is known, and refused with the reason. */
const ROLES = ['all', 'api', 'vault', 'worker', 'dashboard'];
