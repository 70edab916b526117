import type { Command } from 'commander';
import { addBrandingCommands } from './branding-commands.js';
import { type EndWith, jsonOption, merchantOption, modeOption } from './shared-options.js';

/** `onfile merchants`: what is set for one merchant. */
export function addMerchantCommands(program: Command, endWith: EndWith): void {
  const merchants = program.command('merchants').description("look after merchants' settings");
  addOriginCommands(merchants, endWith);
  addBrandingCommands(merchants, endWith);
  addRateCommands(merchants, endWith);
}

function addOriginCommands(merchants: Command, endWith: EndWith): void {
  const origins = merchants
    .command('origins')
    .description('the origins whose pages may show card forms; in test mode http://localhost needs no registration');
  const load = () => import('./merchant-origins.js');

  origins
    .command('list')
    .description('list them')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants origins list')
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
    .addHelpText('after', '\nExample:\n  $ onfile merchants origins remove https://shop.example')
    .action(async (origin, options) => endWith(await (await load()).removeOrigin(origin, options)));
}

function addRateCommands(merchants: Command, endWith: EndWith): void {
  const rate = merchants
    .command('rate')
    .description('how many cards a merchant may confirm; against programs that try cards out');
  const load = () => import('./confirmation-rate.js');
  const mode = () => modeOption().default('test');

  rate
    .command('show')
    .description('show it')
    .addOption(merchantOption())
    .addOption(mode())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants rate show')
    .action(async (options) => endWith(await (await load()).showRate(options)));

  rate
    .command('set')
    .description("set it, in place of the installation's")
    .requiredOption('--per-hour <count>', 'for as long as one likes')
    .requiredOption('--burst <count>', 'at once, after a rest')
    .addOption(merchantOption())
    .addOption(mode())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants rate set --per-hour 3000 --burst 300')
    .action(async (options) => endWith(await (await load()).setRate(options)));

  rate
    .command('reset')
    .description("go back to the installation's")
    .addOption(merchantOption())
    .addOption(mode())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants rate reset')
    .action(async (options) => endWith(await (await load()).resetRate(options)));
}
