import { InvalidArgumentError, Option } from 'commander';

/** Takes the exit code of the command that ran. */
export type EndWith = (exitCode: number) => void;

export function jsonOption(description = 'answer in JSON lines, as it does anyway without a terminal'): Option {
  return new Option('--json', description);
}

export function merchantOption(whose = 'whose'): Option {
  return new Option('--merchant <id>', `${whose}; may be left out while there is one merchant`);
}

const NAME_LENGTH_MAX = 255;

/** What something is told by from others of its kind. */
export function nameOption(): Option {
  return new Option('--name <name>', 'to tell it from others in the list').argParser((name) => {
    if (name.length <= NAME_LENGTH_MAX) return name;
    throw new InvalidArgumentError(`It has ${name.length} characters; at most ${NAME_LENGTH_MAX} are kept.`);
  });
}

export function modeOption(): Option {
  return new Option('--mode <mode>', 'of the objects').choices(['test', 'live']);
}

/** `setup_flow.*, customer.created` as a list. */
export function splitNames(names: string): readonly string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
