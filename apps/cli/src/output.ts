import { inspect } from 'node:util';

/** How a command talks: to a person at a terminal, or in JSON lines to a program. */
export interface Output {
  readonly isForPeople: boolean;
  /** In colour where somebody sees it and does not object. */
  readonly paint: Paint;
  /** The result: one JSON line for a program, its own text for a person. */
  result(value: object, text: string): void;
  /** What is being done meanwhile; only people are told. */
  progress(text: string): void;
}

export function createOutput({ json }: { readonly json: boolean }): Output {
  const isForPeople = !json && process.stdout.isTTY === true;
  return {
    isForPeople,
    paint: choosePaint({ isForPeople, environment: process.env }),
    result: (value, text) => process.stdout.write(isForPeople ? `${text}\n` : `${JSON.stringify(value)}\n`),
    progress: (text) => {
      if (isForPeople) process.stderr.write(`${text}\n`);
    },
  };
}

export type Colour = 'green' | 'red' | 'yellow' | 'gray' | 'bold';
export type Paint = (colour: Colour, text: string) => string;

/** `NO_COLOR` with any text in it, or a terminal that calls itself dumb, gets plain text. Source: https://no-color.org. */
export function choosePaint(where: {
  readonly isForPeople: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Paint {
  const { NO_COLOR = '', TERM } = where.environment;
  if (!where.isForPeople || NO_COLOR !== '' || TERM === 'dumb') return (_colour, text) => text;
  return (colour, text) => {
    const [on, off] = inspect.colors[colour] ?? [0, 0];
    return `\u001b[${on}m${text}\u001b[${off}m`;
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
  /** Nothing answered at the address; another time it might. */
  unreachable: 5,
  /** The worst that `doctor` found is something to look at. */
  foundWarning: 6,
  /** `doctor` found what does not work. */
  foundProblem: 7,
  /** Ctrl-C came before it was done. */
  interrupted: 130,
} as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0  done, or stopped by Ctrl-C or SIGTERM
  1  something broke
  2  a command, option or setting is wrong
  3  a port or the data directory is in use by another program
  4  refused: it would be refused another time, too
  5  nothing answered at the address that was asked
  6  doctor: something to look at
  7  doctor: something does not work
  130  stopped by Ctrl-C before it was done`;

/** Ends a command with a sentence for whoever ran it, and an exit code. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';
  readonly exitCode: number;
  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
