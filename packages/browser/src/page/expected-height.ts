import type { FormState } from '../protocol/messages.js';

/**
 * How high a form will be in a place of this width, before there is any of it: never less than it takes in either
 * language, and little more. Measured with the usual fonts; a test compares it with the forms themselves.
 */
export function expectedHeight({ options }: FormState, widthPx: number): number {
  // In narrower places a text takes a line more.
  const inPx = (wide: number, middle: number, narrow: number) =>
    widthPx < 350 ? narrow : widthPx < 560 ? middle : wide;
  const field = inPx(106, 124, 142);
  if (options.form === 'address') return inPx(636, 746, 784) + (options.asksPhone ? field : 0);
  if (options.form !== 'payment') return options.form === 'challenge' ? 660 : 420;
  if (options.isCollapsed) return 110;
  const { name, email, phone } = options.asks;
  const contact = email && phone ? inPx(288, 346, 382) : email || phone ? inPx(163, 183, 218) : 0;
  return inPx(440, 534, 598) + (name ? field : 0) + contact;
}
