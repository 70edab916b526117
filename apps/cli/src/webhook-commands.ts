import { type Command, Option } from 'commander';

/** `onfile webhooks`: endpoints and what was delivered to them. */
export function addWebhookCommands(program: Command, endWith: (exitCode: number) => void): void {
  const webhooks = program
    .command('webhooks')
    .description('where merchants are told of events: endpoints, their secrets, and what became of each delivery');
  const load = () => import('./webhooks.js');

  withPlace(webhooks.command('create'))
    .description('register an endpoint; its signing secret is shown')
    .requiredOption('--url <url>', 'https; in test mode also http on this machine')
    .option('--events <names>', 'comma separated names of the dialect, such as setup_flow.succeeded,customer.*', split)
    .option('--dialect <name>', 'whose bodies it gets', 'payjp')
    .addHelpText(
      'after',
      `
Without --events it gets everything that the dialect announces.

Examples:
  $ onfile webhooks create --url http://localhost:3000/hooks
  $ onfile webhooks create --url https://shop.example/hooks --events 'setup_flow.*,payment_method.attached'`,
    )
    .action(async (options) => endWith(await (await load()).createEndpoint(options)));

  withPlace(webhooks.command('list'))
    .description('list endpoints, and how they are')
    .action(async (options) => endWith(await (await load()).listEndpoints(options)));

  withPlace(webhooks.command('disable <endpoint-id>'))
    .description('send nothing any more; what waits stays')
    .action(async (id, options) => endWith(await (await load()).disableEndpoint(id, options)));

  withPlace(webhooks.command('enable <endpoint-id>'))
    .description('send again, beginning with what waits')
    .action(async (id, options) => endWith(await (await load()).enableEndpoint(id, options)));

  withPlace(webhooks.command('roll-secret <endpoint-id>'))
    .description('make a new signing secret; the one before it signs along for a while')
    .option('--overlap-hours <hours>', 'for how long both sign; 0 ends the old one at once', '24')
    .action(async (id, options) => endWith(await (await load()).rollSecret(id, options)));

  withPlace(webhooks.command('deliveries'))
    .description('list deliveries, latest event first')
    .option('--endpoint <endpoint-id>', 'to this endpoint alone')
    .addOption(new Option('--state <state>', 'in this state alone').choices(['pending', 'accepted', 'dead']))
    .option('--limit <count>', 'at most so many', '50')
    .option('--before <event-id>', 'those of earlier events: the last id of the page before')
    .action(async (options) => endWith(await (await load()).listDeliveries(options)));

  withPlace(webhooks.command('replay [event-id]'))
    .description('deliver an event again, or all of an endpoint since a moment')
    .option('--endpoint <endpoint-id>', 'to this endpoint alone; needed with --since')
    .option('--since <time>', 'every event from this moment on, such as 2026-01-31T09:00:00Z')
    .addHelpText(
      'after',
      `
Receivers see the same webhook-id again. Events from before an endpoint was registered are sent to it, too.

Examples:
  $ onfile webhooks replay evnt_01kc…
  $ onfile webhooks replay --endpoint 019b… --since 2026-01-31T09:00:00Z`,
    )
    .action(async (eventId, options) => endWith(await (await load()).replay(eventId, options)));
}

function withPlace(command: Command): Command {
  return command
    .addOption(new Option('--merchant <id>', 'whose; may be left out while there is one merchant'))
    .addOption(new Option('--mode <mode>', 'of the events').choices(['test', 'live']).default('test'))
    .addOption(new Option('--json', 'answer in JSON lines, as it does anyway without a terminal'));
}

function split(names: string): readonly string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
