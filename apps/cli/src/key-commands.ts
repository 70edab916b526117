import { type Command, Option } from 'commander';
import { type EndWith, jsonOption, merchantOption, nameOption } from './shared-options.js';

/** `onfile keys`: what callers prove themselves with. They work on the database, since no key is needed for that. */
export function addKeyCommands(program: Command, endWith: EndWith): void {
  const keys = program.command('keys').description("make, list and revoke merchants' API keys");
  const load = () => import('./keys.js');

  keys
    .command('create')
    .description('make a key; it is shown once and cannot be read again')
    .addOption(merchantOption('whose keys'))
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
    .addOption(nameOption())
    .option('--merchant-name <name>', 'makes a merchant of that name, and the key for it')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ onfile keys create --merchant-name "My shop"
  $ onfile keys create --kind public --name "web shop"`,
    )
    .action(async (options) => endWith(await (await load()).createKey(options)));

  keys
    .command('list')
    .description('list the keys of a merchant; the keys themselves are kept nowhere')
    .addOption(merchantOption('whose keys'))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys list')
    .action(async (options) => endWith(await (await load()).listKeys(options)));

  keys
    .command('revoke <key-id>')
    .description('end a key; requests with it are refused within 5 seconds')
    .addOption(merchantOption('whose keys'))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys revoke 0199c0de-0000-7000-8000-000000000001')
    .action(async (keyId, options) => endWith(await (await load()).revokeKey(keyId, options)));

  addOperatorKeyCommands(keys, endWith);
  addClientCommands(keys, endWith);
}

function addOperatorKeyCommands(keys: Command, endWith: EndWith): void {
  const operator = keys.command('operator').description("keys to the operator API, which open every merchant's data");
  const load = () => import('./operator-keys.js');

  operator
    .command('create')
    .description('make a key; it is shown once and cannot be read again')
    .addOption(nameOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys operator create --name "on call"')
    .action(async (options) => endWith(await (await load()).createOperatorKey(options)));

  operator
    .command('list')
    .description('list them; the keys themselves are kept nowhere')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys operator list')
    .action(async (options) => endWith(await (await load()).listOperatorKeys(options)));

  operator
    .command('revoke <key-id>')
    .description('end a key; requests with it are refused within 5 seconds')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys operator revoke 0199c0de-0000-7000-8000-000000000001')
    .action(async (keyId, options) => endWith(await (await load()).revokeOperatorKey(keyId, options)));
}

function addClientCommands(keys: Command, endWith: EndWith): void {
  const clients = keys
    .command('clients')
    .description("credential sets of callers who log in for a token: Toast's clientId and clientSecret");
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
    .option('--scope <scope...>', 'only these instead of all: such as setup_intents:read customers:read')
    .addOption(nameOption())
    .option('--merchant-name <name>', 'makes a merchant of that name, and the set for it')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ onfile keys clients create --set iframe' +
        '\n  $ onfile keys clients create --scope setup_intents:read --scope mandates:read',
    )
    .action(async (options) => endWith(await (await load()).createClient(options)));

  clients
    .command('list')
    .description('list them, without their secrets')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys clients list')
    .action(async (options) => endWith(await (await load()).listClients(options)));

  clients
    .command('revoke <id>')
    .description('end a set; its tokens are refused within 5 seconds')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile keys clients revoke 0199c0de-0000-7000-8000-000000000001')
    .action(async (id, options) => endWith(await (await load()).revokeClient(id, options)));
}
