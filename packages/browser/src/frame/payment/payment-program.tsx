import { CARD_BRANDS, type CardBrand } from '@onfile/core';
import { render } from 'preact';
import type { Ask, FieldProblem, FormState, Outcome, PaymentOptions } from '../../protocol/messages.js';
import { earliestMonthAt, formatExpiry, formatTypedExpiry, readExpiry } from '../card/expiry.js';
import { readCardholderName } from '../card/name.js';
import { formatCardNumber } from '../card/number.js';
import { CANCELED, errorOf, withFlow } from '../flow-outcome.js';
import { type Answer, createFlowClient } from '../setup-flow.js';
import type { FormProgram, FormSurroundings } from '../start-form.js';
import type { CardFormField } from '../texts/fields.js';
import { singly } from '../view/singly.js';
import { writeFormatted } from '../view/write-formatted.js';
import { awaitOutcome } from './await-outcome.js';
import { type CheckedEntries, checkEntries, type Entries } from './check-entries.js';
import { declineReason, FORM_FIELDS, fieldProblemsOf, WIRE_FIELDS } from './payjp-answers.js';
import { PaymentForm } from './payment-view.js';
import type { NoticeName, PaymentTexts } from './texts.js';

/** The form that saves a card. Entries live in the document's fields and leave it for our own origin only. */
export function createPaymentProgram(surroundings: FormSurroundings): FormProgram<PaymentTexts> {
  const { config, clientSecret, root, tell, announce } = surroundings;
  const client = createFlowClient(config.publicKey, clientSecret);
  let texts: PaymentTexts;
  let options: PaymentOptions;
  let isOpen = true;
  let isMethodMissing = false;
  let brand: CardBrand | null = null;
  let problems: Partial<Record<CardFormField, string>> = {};
  let notice: NoticeName | null = null;
  let declineCode: string | null = null;
  let working: Promise<Outcome> | null = null;
  let gone: Outcome | null = null;
  let lastChange = '';
  let flow: Promise<Answer> | null = null;

  // Back out of the browser's cache: what was under way is over, and the flow may have gone on without this page.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    working = null;
    clearCode();
    void startAgain();
  });

  const draw = singly(() => {
    // A notice stands in the form's room: the page around does not jump.
    if (notice !== null) root.style.setProperty('min-height', `${root.offsetHeight}px`);
    else root.style.removeProperty('min-height');
    render(
      <PaymentForm
        texts={texts}
        options={options}
        isTest={config.mode === 'test'}
        isOpen={isOpen}
        isWorking={working !== null || gone !== null}
        isMethodMissing={isMethodMissing}
        brand={brand}
        problems={problems}
        notice={notice}
        decline={declineCode === null ? null : texts.declined.reasons[declineReason(declineCode)]}
        on={{ entered, left, toggled }}
      />,
      root,
    );
  });

  function input(name: CardFormField): HTMLInputElement | null {
    return root.querySelector<HTMLInputElement>(`#${name}`);
  }

  function entries(): Entries {
    return Object.fromEntries(FORM_FIELDS.map((name) => [name, input(name)?.value ?? ''])) as Entries;
  }

  function check(given = {}): CheckedEntries {
    return checkEntries(entries(), { asks: options.asks, given, today: earliestMonthAt(Date.now()) });
  }

  function entered(name: string, element: HTMLInputElement, inputType?: string): void {
    const format = name === 'card_number' ? formatCardNumber : name === 'card_expiry' ? formatTypedExpiry : null;
    if (format !== null) writeFormatted(element, format, inputType);
    const checked = check();
    if (checked.brand !== brand) {
      brand = checked.brand;
      if (brand !== null) announce(CARD_BRANDS[brand].displayName);
    }
    // Somebody is mending it: a problem that was shown goes as soon as it is gone, and no new one comes meanwhile.
    if (problems[name as CardFormField] !== undefined) showProblem(name as CardFormField, checked);
    draw();
    tellChange(checked);
  }

  function left(name: string, element: HTMLInputElement): void {
    if (element.value.trim() === '') return;
    if (name === 'card_expiry') {
      const { expiry } = readExpiry(element.value, earliestMonthAt(Date.now()));
      if (expiry !== null) element.value = formatExpiry(expiry).replace('/', ' / ');
    }
    if (name === 'card_name') element.value = readCardholderName(element.value).name ?? element.value;
    showProblem(name as CardFormField, check());
    draw();
    const problem = problems[name as CardFormField];
    if (problem !== undefined) announce(problem);
  }

  function showProblem(name: CardFormField, checked: CheckedEntries): void {
    const { [name]: _, ...others } = problems;
    const text = problemText(name, checked);
    problems = text === undefined ? others : { ...others, [name]: text };
  }

  function problemText(name: CardFormField, { problems: found }: CheckedEntries): string | undefined {
    const code = found[name];
    return code === undefined ? undefined : (texts.problems[name] as Readonly<Record<string, string>>)[code];
  }

  function toggled(): void {
    isOpen = options.layout === 'tab' ? true : !isOpen;
    isMethodMissing = false;
    draw();
    tellChange(check());
  }

  function tellChange({ problems: found }: CheckedEntries): void {
    const isEmpty = Object.values(entries()).every((text) => text === '');
    const isComplete = isOpen && Object.keys(found).length === 0;
    const change = { type: 'change', isEmpty, isComplete, method: isOpen ? 'card' : null } as const;
    if (JSON.stringify(change) === lastChange) return;
    lastChange = JSON.stringify(change);
    tell(change);
  }

  async function readFlow(): Promise<void> {
    flow = client.read();
    const answer = await flow;
    if (answer.kind === 'flow') {
      notice = noticeOf(answer.flow.status);
      declineCode = notice === null ? answer.flow.lastErrorCode : null;
    } else {
      notice = answer.kind === 'problem' ? 'failed' : null;
      if (answer.kind === 'problem') tell({ type: 'failed', error: errorOf(answer) });
    }
    draw();
  }

  /** What is entered stays, but for the code. */
  async function startAgain(): Promise<void> {
    const wasGone = gone !== null;
    gone = null;
    await readFlow();
    if (!wasGone || notice !== null) return;
    clearCode();
    tellChange(check());
    if (declineCode !== null) focusSoon('.notice');
  }

  async function confirm(ask: Extract<Ask, { kind: 'confirm' }>): Promise<Outcome> {
    if (!isWebAddress(ask.returnUrl)) {
      const message = 'return_url has to be an absolute http or https URL.';
      return validationError([{ field: 'return_url', message, problem: 'value' }]);
    }
    let answer = await (flow ?? client.read());
    // The first reading may have failed for a moment's lack of network.
    if (answer.kind === 'unreachable') {
      await readFlow();
      answer = await (flow ?? client.read());
    }
    if (answer.kind !== 'flow') return { kind: 'error', error: errorOf(answer) };
    if (notice !== null) return outcomeOf(answer, ask.returnUrl);

    const checked = check(ask.billing);
    if (!isOpen || checked.card === null) return showProblems(checked);
    declineCode = null;
    announce(texts.working);
    draw();
    const { address, ...contact } = ask.billing;
    const confirmed = await client.confirm({
      return_url: ask.returnUrl,
      payment_method_data: {
        type: 'card',
        card: checked.card,
        billing_details: { ...contact, ...checked.contact, ...(address && { address }) },
      },
    });
    // Sent or not? The server knows.
    return outcomeOf(confirmed.kind === 'unreachable' ? await client.read() : confirmed, ask.returnUrl);
  }

  /** What an answer means for the form and for the page. */
  async function outcomeOf(answer: Answer, returnUrl: string): Promise<Outcome> {
    const last = await awaitOutcome(answer, client);
    flow = last.kind === 'flow' ? Promise.resolve(last) : client.read();
    if (last.kind !== 'flow') return refused(last);

    const { status, nextUrl, lastErrorCode } = last.flow;
    if (status === 'requires_action' && nextUrl !== null) return goOn({ kind: 'authenticate', url: nextUrl });
    if (status === 'succeeded' || status === 'processing') {
      return goOn({ kind: 'go', url: withFlow(returnUrl, last.flow, clientSecret) });
    }
    if (status === 'canceled') {
      notice = 'canceled';
      return { kind: 'error', error: CANCELED };
    }
    return lastErrorCode === null
      ? { kind: 'error', error: errorOf({ kind: 'unreachable' }) }
      : declined(lastErrorCode);
  }

  /** Nothing more can be entered until the page says that it did not get there. */
  function goOn(outcome: Outcome): Outcome {
    gone = outcome;
    return outcome;
  }

  async function refused(answer: Exclude<Answer, { kind: 'flow' }>): Promise<Outcome> {
    if (answer.kind === 'problem' && answer.status === 402) return declined(answer.code);
    const shown = answer.kind === 'problem' ? fieldProblemsOf(answer) : {};
    for (const [name, code] of Object.entries(shown)) {
      problems[name as CardFormField] = (texts.problems[name as CardFormField] as Record<string, string>)[code] ?? '';
    }
    if (Object.keys(shown).length > 0) focusFirst();
    // Another tab, or the attempt before, was faster: show what came of it.
    if (answer.kind === 'problem' && answer.code === 'invalid_status') await readFlow();
    if (answer.kind === 'unreachable') announce(texts.unreachable);
    return { kind: 'error', error: errorOf(answer) };
  }

  function declined(code: string): Outcome {
    declineCode = code;
    clearCode();
    const message = texts.declined.reasons[declineReason(code)];
    focusSoon('.notice');
    return { kind: 'error', error: { kind: 'payment', code, message, problems: [] } };
  }

  function showProblems(checked: CheckedEntries): Outcome {
    if (!isOpen) {
      isMethodMissing = true;
      focusSoon('#method');
      return validationError([{ field: 'payment_method_data.type', message: texts.chooseMethod, problem: 'missing' }]);
    }
    const names = Object.keys(checked.problems) as CardFormField[];
    problems = Object.fromEntries(names.map((name) => [name, problemText(name, checked) ?? '']));
    announce(texts.problemCount(names.length));
    focusFirst();
    return validationError(
      names.map((name) => ({
        field: WIRE_FIELDS[name],
        message: problems[name] ?? '',
        problem: checked.problems[name] ?? 'value',
      })),
    );
  }

  function validationError(found: readonly FieldProblem[]): Outcome {
    const message = found[0]?.message ?? '';
    return { kind: 'error', error: { kind: 'validation', code: 'validation_error', message, problems: found } };
  }

  function focusFirst(): void {
    const first = FORM_FIELDS.find((name) => problems[name] !== undefined);
    if (first !== undefined) focusSoon(`#${first}`);
  }

  /** Once it is drawn, and its field is enabled again. */
  function focusSoon(selector: string): void {
    queueMicrotask(() => setTimeout(() => root.querySelector<HTMLElement>(selector)?.focus()));
  }

  function clearCode(): void {
    const code = input('card_cvc');
    if (code !== null) code.value = '';
  }

  async function work(outcome: Promise<Outcome>): Promise<Outcome> {
    working = outcome;
    try {
      return await outcome;
    } finally {
      working = null;
      draw();
      if (notice === null) tellChange(check());
    }
  }

  return {
    show(state: FormState, nextTexts) {
      if (state.options.form !== 'payment') return;
      const isFirst = texts === undefined;
      texts = nextTexts;
      options = state.options;
      if (isFirst) isOpen = !options.isCollapsed;
      // In the other language: what is shown is said anew.
      const checked = isFirst ? null : check();
      for (const name of FORM_FIELDS) if (checked && problems[name] !== undefined) showProblem(name, checked);
      draw();
      if (isFirst) void readFlow();
    },
    collapse() {
      isOpen = false;
      draw();
      tellChange(check());
    },
    async answer(ask) {
      if (ask.kind === 'refresh') await startAgain();
      if (ask.kind === 'refresh') return { kind: 'done' };
      if (ask.kind === 'confirm') return gone ?? working ?? work(confirm(ask));
      const checked = check();
      if (notice !== null || (isOpen && checked.card !== null)) return { kind: 'done' };
      const outcome = showProblems(checked);
      draw();
      return outcome;
    },
  };
}

/** Where there is nothing to enter, and what is there instead. */
function noticeOf(status: string): NoticeName | null {
  return status === 'requires_action' || status === 'processing' || status === 'succeeded' || status === 'canceled'
    ? status
    : null;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
