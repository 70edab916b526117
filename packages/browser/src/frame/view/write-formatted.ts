import { reformat } from '../card/caret.js';

/** Puts the element's text into its form. An unchanged text is left alone, with its caret and its undo history. */
export function writeFormatted(element: HTMLInputElement, format: (text: string) => string): void {
  const before = { text: element.value, caret: element.selectionStart ?? element.value.length };
  const after = reformat(before, format);
  if (after.text === before.text) return;
  element.value = after.text;
  if (document.activeElement === element) element.setSelectionRange(after.caret, after.caret);
}
