import { reformat } from '../card/caret.js';

/**
 * Puts the element's text into its form, after an input event of that type, if it was one. An unchanged text is left alone,
 * with its caret and its undo history; so is one that undoing brought back.
 */
export function writeFormatted(element: HTMLInputElement, format: (text: string) => string, inputType = ''): void {
  if (inputType.startsWith('history')) return;
  const before = { text: element.value, caret: element.selectionStart ?? element.value.length };
  const after = reformat(before, format, inputType === 'deleteContentForward');
  if (after.text === before.text) return;
  element.value = after.text;
  if (document.activeElement === element) element.setSelectionRange(after.caret, after.caret);
}
