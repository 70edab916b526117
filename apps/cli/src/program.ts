import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addCallCommands } from './call-commands.js';
import { addCompletionCommands } from './completion-commands.js';
import { addEventCommands } from './event-commands.js';
import { addKeyCommands } from './key-commands.js';
import { addMerchantCommands } from './merchant-commands.js';
import { CommandFault, EXIT_CODES, EXIT_CODES_HELP } from './output.js';
import { addServerCommands } from './server-commands.js';
import type { EndWith } from './shared-options.js';
import { addWebhookCommands } from './webhook-commands.js';

export async function runCommand(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT_CODES.done;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args);
    return exitCode;
  } catch (error) {
    return reportFault(error);
  }
}

/** Every command. What a command does is loaded when it runs: `--help` and `dev` pay for nothing that they do not need. */
export function createProgram(endWith: EndWith): Command {
  const program = new Command('onfile')
    .description("Saves a customer's payment method for later use, without charging it.")
    .version(readVersion(), '--version')
    .addHelpText('after', `\nStart here:\n  $ onfile dev\n${EXIT_CODES_HELP}`)
    .exitOverride();

  addServerCommands(program, endWith);
  addCallCommands(program, endWith);
  addEventCommands(program, endWith);
  addKeyCommands(program, endWith);
  addMerchantCommands(program, endWith);
  addWebhookCommands(program, endWith);
  addCompletionCommands(program, endWith);
  return program;
}

function reportFault(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.misused;
  const { message, exitCode } = asCommandFault(error);
  process.stderr.write(`onfile: ${message}\n`);
  return exitCode;
}

function asCommandFault(error: unknown): { message: string; exitCode: number } {
  if (error instanceof CommandFault) return error;
  const fault = error instanceof Error ? error : new Error(String(error));
  if (fault.name === 'ConfigFault') return { message: fault.message, exitCode: EXIT_CODES.misused };
  const isTaken = (fault as { code?: unknown }).code === 'data_directory_in_use';
  return { message: fault.message, exitCode: isTaken ? EXIT_CODES.taken : EXIT_CODES.fault };
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
