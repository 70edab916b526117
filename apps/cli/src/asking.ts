import { CommandFault, EXIT_CODES, type Output } from './output.js';

type Terminal = Pick<Output, 'isForPeople'>;

/** Asks somebody at a terminal for a yes. Where nobody is, `--yes` has to say it. */
export async function confirmed(
  question: string,
  { isSure, output }: { readonly isSure: boolean; readonly output: Terminal },
): Promise<boolean> {
  if (isSure) return true;
  if (!canAsk(output)) throw new CommandFault(`${question} Say so with --yes.`, EXIT_CODES.misused);
  const { confirm } = await import('@clack/prompts');
  return (await confirm({ message: question, initialValue: false })) === true;
}

/** Lets somebody at a terminal choose; `null` where nobody is, nothing can be chosen, or nothing was. */
export async function chosen(
  question: string,
  { choices, output }: { readonly choices: readonly { value: string; label: string }[]; readonly output: Terminal },
): Promise<string | null> {
  if (!canAsk(output) || choices.length === 0) return null;
  const { select } = await import('@clack/prompts');
  const choice = await select({ message: question, options: [...choices] });
  return typeof choice === 'string' ? choice : null;
}

function canAsk({ isForPeople }: Terminal): boolean {
  return isForPeople && process.stdin.isTTY === true;
}
