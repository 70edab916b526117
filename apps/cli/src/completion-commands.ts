import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from './completion/shell-scripts.js';
import type { EndWith } from './shared-options.js';

/** `onfile completion <shell>`, and what the shells' scripts then ask at each Tab. */
export function addCompletionCommands(program: Command, endWith: EndWith): void {
  program
    .command('completion')
    .description('print the script that lets a shell complete commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(onfile completion bash)          # in ~/.bashrc
  $ source <(onfile completion zsh)           # in ~/.zshrc, after compinit
  $ onfile completion fish | source           # in ~/.config/fish/config.fish`,
    )
    .action(async (shell: Shell) => {
      const { SHELL_SCRIPTS } = await import('./completion/shell-scripts.js');
      process.stdout.write(SHELL_SCRIPTS[shell]);
      endWith(0);
    });

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .addHelpText('after', '\nExample:\n  $ onfile complete -- webhooks li')
    .action(async (words: readonly string[]) => {
      const { candidatesFor } = await import('./completion/candidates.js');
      for (const { word, description } of candidatesFor(program, words)) {
        process.stdout.write(`${word}\t${description}\n`);
      }
      endWith(0);
    });
}
