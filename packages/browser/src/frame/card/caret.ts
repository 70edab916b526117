/** A text field as a person edits it: what is in it, and where the caret stands (UTF-16 units from the start). */
export interface Edited {
  readonly text: string;
  readonly caret: number;
}

/**
 * The text in its new form, with the caret after the same digit as before. So a digit can be put in or taken out in the
 * middle of a number and the next one lands beside it. What was deleted forwards leaves the caret beyond the separator, or
 * one that comes back each time would stop it there.
 */
export function reformat({ text, caret }: Edited, format: (text: string) => string, isForward = false): Edited {
  const formatted = format(text);
  if (formatted === text) return { text, caret };
  const at = afterDigit(formatted, countOfDigits(text.slice(0, caret)));
  const separator = isForward ? formatted.slice(at).search(/\d|$/) : 0;
  return { text: formatted, caret: at + separator };
}

function afterDigit(text: string, count: number): number {
  if (count === 0) return 0;
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (isDigit(text[at] ?? '')) seen += 1;
    if (seen === count) return at + 1;
  }
  return text.length;
}

/** In their plain form, since a character such as ⑫ may stand for two. */
function countOfDigits(text: string): number {
  return Array.from(text.normalize('NFKC')).filter(isDigit).length;
}

function isDigit(character: string): boolean {
  return /^\p{Nd}$/u.test(character);
}
