import { type Command, Option } from 'commander';
import { type EndWith, jsonOption, merchantOption } from './shared-options.js';

/** `onfile merchants branding`: how the hosted page looks for one merchant. */
export function addBrandingCommands(merchants: Command, endWith: EndWith): void {
  const branding = merchants
    .command('branding')
    .description('the name, logo, colours and link that hosted pages show; colours are checked for contrast');
  const load = () => import('./merchant-branding.js');

  branding
    .command('show')
    .description('show it, with the contrasts that it has')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants branding show')
    .action(async (options) => endWith(await (await load()).showBranding(options)));

  withLook(branding.command('set'))
    .description('change parts of it; what is not written stays, and "none" takes a part away')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ onfile merchants branding set --name "Sunny Café" --accent "#0b6b4f" --logo logo.png',
    )
    .action(async (options) => endWith(await (await load()).setBranding(options)));

  withLook(branding.command('preview'))
    .description('write the page as a file to open, with the parts that are written in their place, and save nothing')
    .option('--out <file>', 'the file to write', 'branding-preview.html')
    .addOption(new Option('--locale <locale>', 'in which language').choices(['ja', 'en']).default('ja'))
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants branding preview --accent "#7a1fa2" --out preview.html')
    .action(async (options) => endWith(await (await load()).previewBranding(options)));

  branding
    .command('reset')
    .description('back to the look that every merchant has')
    .addOption(merchantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ onfile merchants branding reset')
    .action(async (options) => endWith(await (await load()).resetBranding(options)));
}

function withLook(command: Command): Command {
  return command
    .option('--name <name>', 'what cardholders know the merchant by')
    .option('--logo <file>', 'a PNG, JPEG or WebP image of 24 kB at most')
    .option('--accent <color>', 'of buttons and links, such as #0b6b4f')
    .option('--accent-dark <color>', 'the same in the dark theme; else derived from the light one')
    .option('--background <color>', 'behind the panel')
    .option('--background-dark <color>', 'the same in the dark theme')
    .option('--radius <pixels>', 'of buttons and fields, 0 to 24')
    .option('--homepage <url>', 'where the name and logo lead, an https address');
}
