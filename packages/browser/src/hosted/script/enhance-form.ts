import { earliestMonthAt } from '../../frame/card/expiry.js';
import { type CheckedEntries, checkEntries, type Entries } from '../../frame/payment/check-entries.js';
import type { FormAnswer } from '../form-answer.js';
import type { FieldProblems, HostedField } from '../form-fields.js';
import type { Locale } from '../locale.js';
import { hostedPageAddress } from '../query.js';
import type { HostedTexts } from '../texts/texts.js';
import { announceDeadline } from './deadline.js';
import { byId, found } from './elements.js';
import { type EntryField, entryFields } from './entry-field.js';
import { showNotice } from './notice.js';
import { offerTestCards } from './offer-test-cards.js';
import { postForm } from './post-form.js';

/** Makes the form that the server wrote livelier. What it does not do, the form does by itself, as it does without a script. */
export function enhanceForm(locale: Locale, texts: HostedTexts): void {
  const form = document.querySelector('form');
  if (form === null) return;
  // Our own words, in the page's language, in place of the browser's.
  form.noValidate = true;
  const fields = entryFields(form, texts);
  const button = found(form, 'button[type=submit]', HTMLButtonElement);
  const told = byId('told');
  let isWorking = false;

  const address = () => hostedPageAddress({ path: location.pathname, locale });
  const check = (): CheckedEntries =>
    checkEntries(entriesOf(fields), { asks: ALL, given: {}, today: earliestMonthAt(Date.now()) });

  for (const field of fields) {
    field.onEdit(() => {
      const checked = check();
      for (const each of fields) each.showBrand(checked.brand, say);
      // Somebody is mending it: what was shown goes as soon as it is gone, and nothing new comes meanwhile.
      if (field.hasProblem()) field.showProblem(textOf(field.name, checked.problems));
    });
    field.onLeave(() => {
      if (isWorking) return;
      const text = textOf(field.name, check().problems);
      field.showProblem(text);
      if (text !== undefined) say(text);
    });
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isWorking) return;
    const { problems } = check();
    if (Object.keys(problems).length > 0) showProblems(problems);
    else void submit();
  });

  offerTestCards(fields, () => {
    for (const each of fields) each.showProblem(undefined);
    for (const each of fields) each.showBrand(check().brand, say);
    button.focus();
  });
  announceDeadline(texts, { isWorking: () => isWorking, leave: () => location.replace(address()) });
  // Out of the browser's own memory: the setup may have gone on without this page.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });

  function say(text: string): void {
    told.textContent = text;
  }

  function textOf(name: HostedField, problems: FieldProblems): string | undefined {
    const code = problems[name];
    return code === undefined ? undefined : (texts.problems[name] as Readonly<Record<string, string>>)[code];
  }

  function showProblems(problems: FieldProblems): void {
    const wrong = fields.filter(({ name }) => problems[name] !== undefined);
    for (const field of fields) field.showProblem(textOf(field.name, problems));
    setTitle(texts.problems.count(wrong.length));
    showNotice({
      heading: texts.problems.heading(wrong.length),
      links: wrong.map(({ name }) => ({ target: name, text: texts.form.labels[name] })),
    });
  }

  async function submit(): Promise<void> {
    work(true);
    say(texts.live.working);
    const answer = await postForm(form as HTMLFormElement);
    if (answer === 'unreadable') {
      // Whatever it was: the form by itself comes to a page that says it.
      form?.submit();
      return;
    }
    if (answer !== 'unreachable' && answer.kind === 'moved') {
      location.replace(address());
      return;
    }
    work(false);
    if (answer === 'unreachable') {
      showNotice({ heading: texts.live.unreachableHeading, paragraphs: [texts.live.unreachable] });
    } else if (answer.kind === 'problems') {
      showProblems(answer.problems);
    } else if (answer.kind === 'unavailable') {
      showNotice({ heading: texts.unavailable.heading, paragraphs: [texts.unavailable.reasons[answer.reason]] });
    } else {
      showDecline(answer);
    }
  }

  function showDecline({ reason, latestAttemptId }: Extract<FormAnswer, { kind: 'declined' }>): void {
    for (const field of fields) {
      field.showProblem(undefined);
      if (field.name === 'card_cvc') field.write('');
    }
    found(form as HTMLFormElement, '[name=after_attempt]', HTMLInputElement).value = latestAttemptId ?? '';
    setTitle(texts.declined.heading);
    const paragraphs = [texts.declined.reasons[reason], texts.live.enterCodeAgain];
    showNotice({ heading: texts.declined.heading, paragraphs });
  }

  function work(isOn: boolean): void {
    isWorking = isOn;
    form?.toggleAttribute('aria-busy', isOn);
    if (isOn) form?.setAttribute('aria-busy', 'true');
    button.classList.toggle('working', isOn);
    // Not disabled: the focus stays where it is.
    button.setAttribute('aria-disabled', String(isOn));
    button.textContent = isOn ? texts.live.workingButton : texts.form.submit;
    for (const field of fields) field.lock(isOn);
  }

  function setTitle(text: string): void {
    const [, merchant = ''] = /( – [^–]*)$/.exec(document.title) ?? [];
    document.title = text + merchant;
  }
}

const ALL = { name: true, email: true, phone: true };

function entriesOf(fields: readonly EntryField[]): Entries {
  return Object.fromEntries(fields.map(({ name, read }) => [name, read()])) as Entries;
}
