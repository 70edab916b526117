import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What can stand next on the line, read off the commands themselves; `words` are those after `onfile`, the last unfinished. */
export function candidatesFor(program: Command, words: readonly string[]): readonly Candidate[] {
  const begun = words.at(-1) ?? '';
  const { command, rest } = commandOf(program, words.slice(0, -1));
  const option = command.options.find((each) => takesValue(each) && isNamed(each, rest.at(-1)));
  const all = option === undefined ? [...wordsAfter(command, rest, begun)] : valuesOf(option);
  return all.filter(({ word }) => word.startsWith(begun));
}

function commandOf(program: Command, words: readonly string[]): { command: Command; rest: readonly string[] } {
  const [first, ...rest] = words;
  const inner = program.commands.find((each) => each.name() === first);
  return inner === undefined ? { command: program, rest: words } : commandOf(inner, rest);
}

function wordsAfter(command: Command, rest: readonly string[], begun: string): readonly Candidate[] {
  if (begun.startsWith('-')) return command.options.filter((option) => !option.hidden).map(describeOption);
  const commands = command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ word: each.name(), description: each.description() }));
  const given = rest.filter((word) => !word.startsWith('-')).length;
  return [...commands, ...valuesOf(command.registeredArguments[given])];
}

function describeOption({ long, short, description }: Option): Candidate {
  return { word: long ?? short ?? '', description };
}

function valuesOf(value: Option | Argument | undefined): readonly Candidate[] {
  return (value?.argChoices ?? []).map((word) => ({ word, description: '' }));
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function isNamed({ long, short }: Option, word: string | undefined): boolean {
  return word !== undefined && (word === long || word === short);
}
