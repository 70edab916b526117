import { type Command, Option } from 'commander';
import { type EndWith, jsonOption, merchantOption, modeOption } from './shared-options.js';

/** Asking the API, and seeing what it is asked. */
export function addCallCommands(program: Command, endWith: EndWith): void {
  const load = () => import('./calls/call.js');

  withPlace(program.command('get <id-or-path>'))
    .description('read an object by its id, or anything by its path; what is no id is searched for')
    .addHelpText(
      'after',
      `
The dialect is that of the path; ids of PAY.JP's form name theirs. E-mail addresses and last four digits are found, too.

Examples:
  $ onfile get setfw_01kc…
  $ onfile get '/v2/events?limit=3'
  $ onfile get taro@example.com`,
    )
    .action(async (idOrPath, options) => endWith(await (await load()).get(idOrPath, options)));

  withPlace(program.command('post <id-or-path>'))
    .description('call the API')
    .option('-d, --data <field...>', 'a field of the body: name=text, object.name=text or name:=JSON')
    .option('--idempotency-key <key>', 'a new one unless given')
    .addOption(new Option('--method <method>', 'instead of POST').choices(['PATCH', 'DELETE']))
    .addHelpText(
      'after',
      `
No card numbers here: what is typed in a shell stays in its history.

Examples:
  $ onfile post /v2/customers -d email=taro@example.com -d metadata.order=1
  $ onfile post setfw_01kc…/cancel
  $ onfile post cus_01kc… --method DELETE`,
    )
    .action(async (idOrPath, options) => endWith(await (await load()).post(idOrPath, options)));

  withPlace(program.command('logs'))
    .description('show the requests that the server answered lately')
    .option('-n, --lines <count>', 'so many of those before', '50')
    .option('-f, --follow', 'and those to come, until Ctrl-C')
    .addHelpText(
      'after',
      `
The server has them in its memory: a restart forgets them, and where several processes answer, each tells its own.

Examples:
  $ onfile logs
  $ onfile logs --follow --json | jq .path`,
    )
    .action(async (options) => endWith(await (await import('./calls/logs.js')).logs(options)));
}

function withPlace(command: Command): Command {
  return command.addOption(merchantOption()).addOption(modeOption()).addOption(jsonOption());
}
