import { type Command, Option } from 'commander';
import { addReplayOptions } from './replay-command.js';
import { type EndWith, jsonOption, merchantOption, modeOption, splitNames } from './shared-options.js';

/** `onfile webhooks`: endpoints and what was delivered to them. */
export function addWebhookCommands(program: Command, endWith: EndWith): void {
  const webhooks = program
    .command('webhooks')
    .description('where merchants are told of events: endpoints, their secrets, and what became of each delivery');
  const load = () => import('./webhooks/endpoints.js');

  withPlace(webhooks.command('create'))
    .description('register an endpoint; its signing secret is shown')
    .requiredOption('--url <url>', 'https; in test mode also http on this machine')
    .option(
      '--events <names>',
      'comma separated names of the dialect, such as setup_flow.succeeded,customer.*',
      splitNames,
    )
    .option('--dialect <name>', 'whose bodies it gets: payjp or onfile', 'payjp')
    .addHelpText(
      'after',
      `
Without --events it gets everything that the dialect announces: onfile all that happens, payjp what PAY.JP has a name for.

Examples:
  $ onfile webhooks create --url http://localhost:3000/hooks
  $ onfile webhooks create --url https://shop.example/hooks --events 'setup_flow.*,payment_method.attached'
  $ onfile webhooks create --url https://shop.example/hooks --dialect onfile --events 'setup_intent.*,mandate.*'`,
    )
    .action(async (options) => endWith(await (await load()).createEndpoint(options)));

  withPlace(webhooks.command('list'))
    .description('list endpoints, and how they are')
    .addHelpText('after', '\nExample:\n  $ onfile webhooks list')
    .action(async (options) => endWith(await (await load()).listEndpoints(options)));

  withPlace(webhooks.command('edit <endpoint-id>'))
    .description('change where events go, or which')
    .option('--url <url>', 'where they go from now on; what waits goes there, too')
    .option('--events <names>', 'only these, comma separated', splitNames)
    .option('--all-events', 'everything that the dialect announces')
    .addHelpText(
      'after',
      `
Example:
  $ onfile webhooks edit 0199c0de-0000-7000-8000-000000000001 --events 'setup_flow.*'`,
    )
    .action(async (id, options) => endWith(await (await load()).editEndpoint(id, options)));

  withPlace(webhooks.command('delete <endpoint-id>'))
    .description('remove an endpoint, with everything that waits for it')
    .option('--yes', 'without being asked')
    .addHelpText('after', '\nExample:\n  $ onfile webhooks delete 0199c0de-0000-7000-8000-000000000001 --yes')
    .action(async (id, options) => endWith(await (await load()).deleteEndpoint(id, options)));

  withPlace(webhooks.command('disable <endpoint-id>'))
    .description('send nothing any more; what waits stays')
    .addHelpText('after', '\nExample:\n  $ onfile webhooks disable 0199c0de-0000-7000-8000-000000000001')
    .action(async (id, options) => endWith(await (await load()).disableEndpoint(id, options)));

  withPlace(webhooks.command('enable <endpoint-id>'))
    .description('send again, beginning with what waits')
    .addHelpText('after', '\nExample:\n  $ onfile webhooks enable 0199c0de-0000-7000-8000-000000000001')
    .action(async (id, options) => endWith(await (await load()).enableEndpoint(id, options)));

  withPlace(webhooks.command('roll-secret <endpoint-id>'))
    .description('make a new signing secret; the one before it signs along for a while')
    .option('--overlap-hours <hours>', 'for how long both sign; 0 ends the old one at once', '24')
    .addHelpText(
      'after',
      '\nExample:\n  $ onfile webhooks roll-secret 0199c0de-0000-7000-8000-000000000001 --overlap-hours 48',
    )
    .action(async (id, options) => endWith(await (await load()).rollSecret(id, options)));

  withPlace(webhooks.command('deliveries'))
    .description('list deliveries, latest event first')
    .option('--endpoint <endpoint-id>', 'to this endpoint alone')
    .addOption(new Option('--state <state>', 'in this state alone').choices(['pending', 'accepted', 'dead']))
    .option('--limit <count>', 'at most so many', '50')
    .option('--before <event-id>', 'those of earlier events: the last id of the page before')
    .addHelpText('after', '\nExample:\n  $ onfile webhooks deliveries --state dead')
    .action(async (options) => endWith(await (await import('./webhooks/deliveries.js')).listDeliveries(options)));

  addReplayOptions(webhooks.command('replay [event-ids...]'), { name: 'onfile webhooks replay', endWith });
}

function withPlace(command: Command): Command {
  return command.addOption(merchantOption()).addOption(modeOption()).addOption(jsonOption());
}
