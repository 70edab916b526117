/** How a command talks: to a person at a terminal, or in JSON lines to a program. */
export interface Output {
  readonly isForPeople: boolean;
  /** The result: one JSON line for a program, its own text for a person. */
  result(value: object, text: string): void;
  /** What is being done meanwhile; only people are told. */
  progress(text: string): void;
}

export function createOutput({ json }: { readonly json: boolean }): Output {
  const isForPeople = !json && process.stdout.isTTY === true;
  return {
    isForPeople,
    result: (value, text) => process.stdout.write(isForPeople ? `${text}\n` : `${JSON.stringify(value)}\n`),
    progress: (text) => {
      if (isForPeople) process.stderr.write(`${text}\n`);
    },
  };
}

export const EXIT_CODES = {
  done: 0,
  fault: 1,
  /** A command, option or setting is wrong. */
  misused: 2,
  /** A port, or the data directory, belongs to another program. */
  taken: 3,
  /** What was asked for is not done, and would not be another time. */
  refused: 4,
} as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0  done, or stopped by Ctrl-C or SIGTERM
  1  something broke
  2  a command, option or setting is wrong
  3  a port or the data directory is in use by another program
  4  refused: it would be refused another time, too`;

/** Ends a command with a sentence for whoever ran it, and an exit code. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
