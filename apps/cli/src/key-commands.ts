import { type Command, Option } from 'commander';
import { type EndWith, jsonOption, merchantOption } from './shared-options.js';

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

  addClientCommands(keys, endWith);
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
