import { CommandFault, EXIT_CODES } from './output.js';

export function parseCount(text: string, option: string, { least, most }: { least: number; most: number }): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new CommandFault(`${option} has to be a whole number from ${least} to ${most}`, EXIT_CODES.misused);
}
