import { hostedScript } from './assets.js';
import { CONSENT_VERSION } from './consent.js';
import type { FieldProblems, HostedField } from './form-fields.js';
import { type Html, type HtmlValue, html } from './html.js';
import { ICONS } from './icons.js';
import type { Panel } from './layout.js';
import { renderSavedCards } from './saved-cards.js';
import { renderTestCardPicker } from './test-card-picker.js';
import { type HostedTexts, textsIn } from './texts/texts.js';
import type { DeclinedView, FormView } from './view.js';

/** The form: empty, with problems, or again after an attempt that did not save the card. */
export function renderForm(view: FormView | DeclinedView): Panel {
  const texts = textsIn(view.locale);
  const problems = problemTexts(view, texts);
  const count = Object.keys(problems).length;
  const notice = renderNotice(view, texts, problems);

  return {
    status: count > 0 ? 422 : 200,
    title: titleOf(view, texts, count),
    hasWayBack: true,
    script: hostedScript(view.locale),
    body: html`<h1 ${notice === null && FOCUS}>${texts.form.heading}</h1>
<p class="lead">${texts.form.lead(view.merchantName)}</p>
<div id="notice-place">${notice}</div>
${renderSavedCards(view, texts)}
${view.mode === 'test' && renderTestCardPicker(texts)}
<form method="post" action="${view.path}" accept-charset="utf-8">
<input type="hidden" name="locale" value="${view.locale}">
<input type="hidden" name="after_attempt" value="${view.latestAttemptId ?? ''}">
${renderCardFields(view, texts, problems)}
${renderContactFields(view, texts, problems)}
${view.makesDefault !== null && renderDefaultWish(texts, view.makesDefault)}
<p class="consent" data-version="${CONSENT_VERSION}">${texts.form.consent[view.usage](view.merchantName)}</p>
<button type="submit" class="button">${texts.form.submit}</button>
<p class="aside">${ICONS.shield}<span>${texts.form.authentication}</span></p>
<p class="aside">${ICONS.lock}<span>${texts.form.safety}</span></p>
</form>
<p class="unseen" id="told" role="status"></p>
<div class="deadline" id="deadline" role="status" data-seconds-left="${view.secondsLeft}"></div>`,
  };
}

/** A page takes the focus to one place: the notice where there is one, the heading otherwise. */
const FOCUS = html`tabindex="-1" autofocus`;

type ProblemTexts = Readonly<Partial<Record<HostedField, string>>>;

function problemTexts(view: FormView | DeclinedView, { problems: texts }: HostedTexts): ProblemTexts {
  const problems: FieldProblems = view.state === 'form' ? view.problems : {};
  const given: Partial<Record<HostedField, string>> = {};
  // In the order of the form, which is also the order of the summary.
  if (problems.card_number) given.card_number = texts.card_number[problems.card_number];
  if (problems.card_expiry) given.card_expiry = texts.card_expiry[problems.card_expiry];
  if (problems.card_cvc) given.card_cvc = texts.card_cvc[problems.card_cvc];
  if (problems.card_name) given.card_name = texts.card_name[problems.card_name];
  if (problems.email) given.email = texts.email[problems.email];
  if (problems.phone) given.phone = texts.phone[problems.phone];
  return given;
}

function titleOf(view: FormView | DeclinedView, texts: HostedTexts, count: number): string {
  if (view.state === 'declined') return texts.declined.heading;
  return count > 0 ? `${texts.problems.count(count)} – ${texts.form.heading}` : texts.form.heading;
}

function renderNotice(view: FormView | DeclinedView, texts: HostedTexts, problems: ProblemTexts): Html | null {
  if (view.state === 'declined') {
    return noticeBox(texts.declined.heading, [
      html`<p>${texts.declined.reasons[view.reason]}</p>`,
      html`<p>${texts.problems.enterAgain}</p>`,
    ]);
  }
  const fields = Object.keys(problems) as HostedField[];
  if (fields.length === 0) return null;
  return noticeBox(texts.problems.heading(fields.length), [
    html`<ul>${fields.map((name) => html`<li><a href="#${name}">${texts.form.labels[name]}</a></li>`)}</ul>`,
    html`<p>${texts.problems.enterAgain}</p>`,
  ]);
}

function noticeBox(heading: string, content: readonly Html[]): Html {
  return html`<div class="notice" role="group" aria-labelledby="notice-heading">
${ICONS.attention}<div><h2 id="notice-heading" ${FOCUS}>${heading}</h2>
${content}</div></div>`;
}

function renderCardFields(view: FormView | DeclinedView, texts: HostedTexts, problems: ProblemTexts): Html {
  const { labels, hints } = texts.form;
  const { card_expiry, card_name } = view.values;
  return html`<div class="fields">
${renderField({
  name: 'card_number',
  label: labels.card_number,
  problem: problems.card_number,
  attributes: html`class="digits" inputmode="numeric" autocomplete="cc-number" required`,
})}
<div class="pair">
${renderField({
  name: 'card_expiry',
  label: labels.card_expiry,
  hint: hints.card_expiry,
  problem: problems.card_expiry,
  attributes: html`class="digits" inputmode="numeric" autocomplete="cc-exp" required value="${card_expiry}"`,
})}
${renderField({
  name: 'card_cvc',
  label: labels.card_cvc,
  hint: hints.card_cvc,
  problem: problems.card_cvc,
  attributes: html`class="digits" inputmode="numeric" autocomplete="cc-csc" required`,
})}
</div>
${renderField({
  name: 'card_name',
  label: labels.card_name,
  hint: hints.card_name,
  problem: problems.card_name,
  attributes: html`autocomplete="cc-name" autocapitalize="characters" spellcheck="false" required value="${card_name}"`,
})}
</div>`;
}

function renderContactFields(view: FormView | DeclinedView, texts: HostedTexts, problems: ProblemTexts): Html {
  const { labels, contactLegend, contactReason } = texts.form;
  const { email, phone } = view.values;
  return html`<fieldset class="fields" aria-describedby="contact-reason">
<legend>${contactLegend}</legend>
<p class="hint" id="contact-reason">${contactReason}</p>
${renderField({
  name: 'email',
  label: labels.email,
  problem: problems.email,
  attributes: html`inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" value="${email}"`,
})}
${renderField({
  name: 'phone',
  label: labels.phone,
  problem: problems.phone,
  attributes: html`inputmode="tel" autocomplete="tel" value="${phone}"`,
})}
</fieldset>`;
}

function renderDefaultWish({ form }: HostedTexts, isWished: boolean): Html {
  return html`<div class="choice">
<input type="checkbox" id="make_default" name="make_default" value="1"${isWished && html` checked`}>
<label for="make_default">${form.makesDefault}</label>
</div>`;
}

interface Field {
  readonly name: HostedField;
  readonly label: string;
  readonly hint?: string;
  readonly problem: string | undefined;
  /** Text fields all: other types take full-width characters away, or refuse them in the browser's own language. */
  readonly attributes: Html;
}

function renderField({ name, label, hint, problem, attributes }: Field): Html {
  const described: HtmlValue = [problem !== undefined && `${name}-problem `, hint !== undefined && `${name}-hint`];
  const description = hint === undefined && problem === undefined ? null : html` aria-describedby="${described}"`;
  const invalid = problem === undefined ? null : html` aria-invalid="true"`;
  const badge = name === 'card_number' && html`<span class="badge" id="brand" aria-hidden="true"></span>`;

  return html`<div class="field">
<label for="${name}">${label}</label>
<div class="entry"><input type="text" id="${name}" name="${name}" ${attributes}${invalid}${description}>${badge}</div>
<div class="below">${problem !== undefined && html`<p class="problem" id="${name}-problem">${ICONS.attention}<span>${problem}</span></p>`}
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}</div>
</div>`;
}
