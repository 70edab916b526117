import { FORM_ANSWER_TYPE, type FormAnswer } from '../form-answer.js';

/**
 * Posts the form as it is. `unreachable`: there was no answer, and nobody knows whether the form arrived; posting it again
 * makes no second attempt. `unreadable`: an answer that is not ours, such as a page about a fault.
 */
export async function postForm(form: HTMLFormElement): Promise<FormAnswer | 'unreachable' | 'unreadable'> {
  const entries = [...new FormData(form)].map(([name, value]): [string, string] => [name, String(value)]);
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { accept: FORM_ANSWER_TYPE },
      body: new URLSearchParams(entries),
    });
    const isAnswer = response.headers.get('content-type')?.startsWith(FORM_ANSWER_TYPE) === true;
    return isAnswer && response.status < 500 ? ((await response.json()) as FormAnswer) : 'unreadable';
  } catch {
    return 'unreachable';
  }
}
