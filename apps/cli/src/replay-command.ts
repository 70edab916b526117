import { type Command, Option } from 'commander';
import { type EndWith, jsonOption, merchantOption, modeOption } from './shared-options.js';

/** `replay` stands for itself, and among the commands about webhooks. */
export function addReplayOptions(command: Command, { name, endWith }: { name: string; endWith: EndWith }): void {
  command
    .description('deliver events again: those that are named, or all of an endpoint since a moment')
    .option('--endpoint <endpoint-id>', 'to this endpoint alone; needed with --since')
    .option('--since <time>', 'every event from this moment on, such as 2026-01-31T09:00:00Z')
    .option('--until <time>', 'and before this one')
    .addOption(
      new Option('--state <states...>', 'with --since: only what became this').choices(['pending', 'accepted', 'dead']),
    )
    .addOption(merchantOption())
    .addOption(modeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Receivers see the same webhook-id again. Events from before an endpoint was registered are sent to it, too.

Examples:
  $ ${name} evnt_01kc… evnt_01kd…
  $ ${name} --endpoint 019b… --since 2026-01-31T09:00:00Z --state dead`,
    )
    .action(async (eventIds, options) =>
      endWith(await (await import('./webhooks/replay.js')).replay(eventIds, options)),
    );
}
