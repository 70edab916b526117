import type { Command } from 'commander';
import { addBrandingCommands } from './branding-commands.js';
import { type EndWith, jsonOption, merchantOption } from './shared-options.js';

/** `onfile merchants`: what is set for one merchant. */
export function addMerchantCommands(program: Command, endWith: EndWith): void {
  const merchants = program.command('merchants').description("look after merchants' settings");
  addOriginCommands(merchants, endWith);
  addBrandingCommands(merchants, endWith);
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
