import type { SetupErrorCode } from '@onfile/core';
import type { FieldProblems } from './form-fields.js';
import type { UnavailableView } from './view.js';

/** The `accept` of a form that the page's script posts; it is answered with a {@link FormAnswer} and not with a page. */
export const FORM_ANSWER_TYPE = 'application/json';

/**
 * What came of a posted form, for the page's script. `declined`: the form stays as it is, but for the code; the next try
 * follows the attempt named. `unavailable`: nothing was asked of anybody, and the form can be sent again later. `moved`: the
 * page's address now shows something else.
 */
export type FormAnswer =
  | { readonly kind: 'problems'; readonly problems: FieldProblems }
  | { readonly kind: 'declined'; readonly reason: SetupErrorCode; readonly latestAttemptId: string | null }
  | { readonly kind: 'unavailable'; readonly reason: UnavailableView['reason'] }
  | { readonly kind: 'moved' };
