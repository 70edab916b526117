import { Argument, type Command } from 'commander';
import { addReplayOptions } from './replay-command.js';
import { type EndWith, jsonOption, merchantOption, modeOption, splitNames } from './shared-options.js';
import { TRIGGERABLE } from './trigger/triggerable.js';

/** What is done with events: follow them, make them happen, send them again. */
export function addEventCommands(program: Command, endWith: EndWith): void {
  program
    .command('listen')
    .description('forward events to a program of yours, signed as webhooks are, until Ctrl-C')
    .option('--forward-to <url>', 'where each event is posted to')
    .option('--events <names>', 'only these, comma separated, such as setup_flow.succeeded,customer.*', splitNames)
    .option('--from <place>', 'now, start, or the id of an event; otherwise from where the last listen stopped')
    .option('--dialect <name>', 'whose bodies and headers are sent: payjp or onfile', 'payjp')
    .option('--name <name>', 'remembers its place apart from other listeners', 'default')
    .option('--retry-failed', 'first send again what was given up')
    .option('--print-secret', 'tell what the events are signed with, and end')
    .addOption(merchantOption())
    .addOption(modeOption())
    .addOption(jsonOption('write JSON lines, as it does anyway without a terminal'))
    .addHelpText(
      'after',
      `
Nothing is lost while it is off: it goes on where it stopped. A target that is not there is waited for; an event that it
does not take is tried three times, then the next ones go on.

Examples:
  $ onfile listen --forward-to http://localhost:3000/hooks
  $ onfile listen --forward-to http://localhost:3000/hooks --events 'setup_flow.*' --from start
  $ WEBHOOK_SECRET=$(onfile listen --print-secret | jq -r .secret) npm start`,
    )
    .action(async (options) => endWith(await (await import('./listen/listen.js')).listen(options)));

  program
    .command('trigger')
    .description('make an event happen, by the requests that lead to it')
    .addArgument(new Argument('[event]', "by PAY.JP's name").choices(Object.keys(TRIGGERABLE)))
    .option('--set <field...>', 'of an object that is made: customer.email=taro@example.com, card.brand=jcb')
    .option('--list', 'tell what can be made to happen')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The card is a published test card: card.brand chooses another one, card.declined_with=expired_card how it is declined.

Examples:
  $ onfile trigger setup_flow.succeeded
  $ onfile trigger setup_flow.setup_failed --set card.declined_with=expired_card
  $ onfile trigger customer.created --set customer.metadata.plan=gold`,
    )
    .action(async (event, options) => endWith(await (await import('./trigger/trigger.js')).trigger(event, options)));

  addReplayOptions(program.command('replay [event-ids...]'), { name: 'onfile replay', endWith });
}
