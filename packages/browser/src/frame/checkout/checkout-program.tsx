import { CARD_BRANDS, type CardBrand } from '@onfile/core';
import { render } from 'preact';
import {
  CHECKOUT_FIELDS,
  type CheckoutAsk,
  type CheckoutBox,
  type CheckoutField,
  type CheckoutNews,
  type CheckoutResult,
} from '../../protocol/checkout-messages.js';
import type { FormState, Outcome } from '../../protocol/messages.js';
import { earliestMonthAt, formatExpiry, formatTypedExpiry, readExpiry } from '../card/expiry.js';
import { formatCardNumber } from '../card/number.js';
import type { FormProgram, FormSurroundings } from '../start-form.js';
import { singly } from '../view/singly.js';
import { writeFormatted } from '../view/write-formatted.js';
import { type CheckedCard, checkCard, type Entries } from './check-card.js';
import {
  type Answer,
  type CheckoutIntent,
  type CheckoutSession,
  type EnteredMethod,
  openSession,
} from './checkout-session.js';
import { applyCheckoutStyles } from './checkout-styles.js';
import { CheckoutForm } from './checkout-view.js';
import { type BoxToTick, boxesFor } from './consent.js';
import { startExpiry } from './expiry-timer.js';
import { atServer, refusal } from './refusals.js';
import type { CheckoutTexts, NoticeName } from './texts.js';

type Opened = { readonly session: CheckoutSession; readonly intent: CheckoutIntent };

/** The form that saves a card under a session. Entries live in the document's fields and leave it for our own origin only. */
export function createCheckoutProgram(surroundings: FormSurroundings): FormProgram<CheckoutTexts> {
  const { config, root, tell, announce } = surroundings;
  let texts: CheckoutTexts;
  let opened: Opened | null = null;
  let boxes: readonly BoxToTick[] = [];
  let brand: CardBrand | null = null;
  let problems: Partial<Record<CheckoutField | CheckoutBox, string>> = {};
  let notice: NoticeName | null = null;
  let setback: readonly string[] | null = null;
  let isWorking = false;
  /** What the server keeps of these entries and boxes; `null` once they changed. */
  let entered: EnteredMethod | null = null;
  let saving: Promise<CheckoutResult> | null = null;
  let saved: CheckoutResult | null = null;
  let stopExpiry = () => {};
  /** What is asked is done one after the other. */
  let queue: Promise<unknown> = Promise.resolve();
  const told = new Map<string, string>();

  const draw = singly(() => {
    if (opened === null && notice === null) return;
    render(
      <CheckoutForm
        texts={texts}
        isTest={opened?.intent.livemode === false}
        isWorking={isWorking}
        brand={brand}
        boxes={boxes}
        problems={problems}
        notice={notice}
        setback={setback}
        on={{ entered: typed, left, ticked, submitted: () => news({ about: 'step', step: 'submit' }) }}
      />,
      root,
    );
  });

  function news(latest: CheckoutNews): void {
    const about = latest.about === 'field' ? latest.field : latest.about;
    const text = JSON.stringify(latest);
    const isNew = told.get(about) !== text || latest.about === 'step' || latest.about === 'box';
    told.set(about, text);
    if (isNew) tell({ type: 'news', news: latest });
  }

  function input(name: CheckoutField | CheckoutBox): HTMLInputElement | null {
    return root.querySelector<HTMLInputElement>(`#${name}`);
  }

  function check(): CheckedCard {
    const entries = Object.fromEntries(CHECKOUT_FIELDS.map((name) => [name, input(name)?.value ?? ''])) as Entries;
    return checkCard(entries, earliestMonthAt(Date.now()));
  }

  function isTicked(box: CheckoutBox): boolean {
    return input(box)?.checked ?? false;
  }

  function untickedBox(): BoxToTick | undefined {
    return boxes.find(({ box, isRequired }) => isRequired && !isTicked(box));
  }

  function typed(name: string, element: HTMLInputElement, inputType?: string): void {
    const format = name === 'card_number' ? formatCardNumber : name === 'card_expiry' ? formatTypedExpiry : null;
    if (format !== null) writeFormatted(element, format, inputType);
    entered = null;
    const checked = check();
    if (checked.brand !== brand) {
      brand = checked.brand;
      if (brand !== null) announce(CARD_BRANDS[brand].displayName);
    }
    // Somebody is mending it: a problem that was shown goes as soon as it is gone, and no new one comes meanwhile.
    if (problems[name as CheckoutField] !== undefined) showProblem(name as CheckoutField, checked);
    draw();
    tellField(name as CheckoutField, checked);
    tellValidity(checked);
  }

  function left(name: string, element: HTMLInputElement): void {
    if (element.value.trim() === '') return;
    if (name === 'card_expiry') {
      const { expiry } = readExpiry(element.value, earliestMonthAt(Date.now()));
      if (expiry !== null) element.value = formatExpiry(expiry).replace('/', ' / ');
    }
    const checked = check();
    showProblem(name as CheckoutField, checked);
    draw();
    const problem = problems[name as CheckoutField];
    if (problem !== undefined) announce(problem);
    tellField(name as CheckoutField, checked);
  }

  function ticked(box: CheckoutBox, isChecked: boolean): void {
    entered = null;
    const { [box]: _, ...others } = problems;
    problems = others;
    draw();
    news({ about: 'box', box, isChecked });
    tellValidity(check());
  }

  function tellField(field: CheckoutField, checked: CheckedCard): void {
    const problem = checked.problems[field];
    news({
      about: 'field',
      field,
      isEmpty: (input(field)?.value ?? '').trim() === '',
      isValid: problem === null,
      problem: problems[field] === undefined ? null : problem,
      brand: field === 'card_number' ? checked.brand : null,
    });
  }

  function tellValidity({ wire }: CheckedCard): void {
    news({ about: 'validity', isValid: wire !== null && untickedBox() === undefined && notice === null });
  }

  function showProblem(name: CheckoutField, checked: CheckedCard): void {
    const { [name]: _, ...others } = problems;
    const text = problemText(name, checked);
    problems = text === undefined ? others : { ...others, [name]: text };
  }

  function problemText(name: CheckoutField, { problems: found }: CheckedCard): string | undefined {
    const code = found[name];
    return code === null ? undefined : (texts.problems[name] as Readonly<Record<string, string>>)[code];
  }

  async function open(ask: Extract<CheckoutAsk, { kind: 'open' }>): Promise<CheckoutResult> {
    const session = openSession(ask);
    if (session === null) return shut('failed', refusal('INVALID_SESSION_SECRET', { fieldName: 'sessionSecret' }));
    const answer = await session.read();
    if (answer.kind !== 'ok') return refused(answer, 'failed');

    const { body: intent, answeredAt } = answer;
    if (intent.livemode === undefined) return shut('failed', refusal('WRONG_CREDENTIALS', { fieldName: 'oauthToken' }));
    // The document does not know the mode, which comes with the token: loopback pages are for trying things out.
    if (intent.livemode && !config.isPageRegistered) return shut('failed', refusal('ORIGIN_NOT_REGISTERED'));
    opened = { session, intent };
    boxes = boxesFor(texts, factsOf(intent));
    if (intent.status === 'REQUIRES_PAYMENT_METHOD') watchTime(intent, answeredAt);
    else conclude(intent);
    draw();
    return { kind: 'opened', intentId: intent.id };
  }

  function factsOf({ usage, customerId, standingInstructionType }: CheckoutIntent) {
    const { merchantName } = config;
    return { merchantName, usage, hasCustomer: customerId !== null, standingInstruction: standingInstructionType };
  }

  function watchTime({ creationDate }: CheckoutIntent, now: number): void {
    stopExpiry();
    stopExpiry = startExpiry(Date.parse(creationDate), now, {
      expiring() {
        announce(texts.expiring);
        news({ about: 'step', step: 'session_expiring' });
      },
      expired: () => void shut('expired', refusal('SESSION_EXPIRED')),
    });
  }

  /** Nothing can be entered any more, and this is why. */
  function shut<T extends CheckoutResult>(why: NoticeName, result: T): T {
    notice = why;
    entered = null;
    stopExpiry();
    if (why === 'expired') {
      saved = null;
      news({ about: 'step', step: 'session_expired' });
    }
    draw();
    if (why !== 'failed') tellValidity(check());
    return result;
  }

  async function enter(): Promise<CheckoutResult> {
    const known = await lookAgain();
    const stopped = known?.kind === 'refused' ? known : whyNot();
    if (stopped) return stopped;
    if (entered !== null) return enteredAs(entered);

    const checked = check();
    const unticked = untickedBox();
    if (checked.wire === null || unticked) return showProblems(checked, unticked);
    const usage = usageOf(isTicked('authorization'), isTicked('remember'));
    const { session } = opened as Opened;
    const language = document.documentElement.lang;
    const answer = await work(() =>
      session.enter(checked.wire as NonNullable<CheckedCard['wire']>, { usage, language }),
    );
    if (answer.kind !== 'ok') return refused(answer);
    entered = answer.body;
    return enteredAs(answer.body);
  }

  async function save(paymentMethodId: string | null): Promise<CheckoutResult> {
    const known = (await lookAgain()) ?? whyNot();
    if (known) return known;
    // A card that the page had entered otherwise; the boxes are for it all the same.
    const unticked = paymentMethodId !== null && paymentMethodId !== entered?.id ? untickedBox() : undefined;
    if (unticked) return showProblems(null, unticked);
    if (paymentMethodId === null) {
      const first = await enter();
      if (first.kind !== 'entered') return first;
    }
    news({ about: 'step', step: 'processing' });
    announce(texts.working);
    const { session } = opened as Opened;
    const id = paymentMethodId ?? (entered as EnteredMethod | null)?.id ?? '';
    return settled(await work(() => confirmOrRead(session, id)), id);
  }

  /** What came of a confirmation, whose answer may be that of a reading instead. */
  function settled(answer: Answer<CheckoutIntent>, paymentMethodId: string): CheckoutResult {
    if (answer.kind !== 'ok')
      return answer.kind === 'problem' && answer.code === DECLINED ? declined(answer) : refused(answer);
    const { status, paymentMethodId: kept } = answer.body;
    if (status !== 'REQUIRES_PAYMENT_METHOD') return conclude(answer.body);
    // It never arrived; or it was declined, and the answer was lost.
    return kept === paymentMethodId ? refused({ kind: 'unreachable' }) : declined(null);
  }

  /** What came of an earlier confirmation. While a card was being checked when last seen, the server is asked anew. */
  async function lookAgain(): Promise<CheckoutResult | null> {
    if (notice !== 'processing') return saved;
    const { session } = opened as Opened;
    const answer = await work(() => session.read());
    if (answer.kind !== 'ok') return refused(answer);
    return answer.body.status === 'REQUIRES_PAYMENT_METHOD'
      ? reopen(answer.body, answer.answeredAt)
      : conclude(answer.body);
  }

  /** The card was not saved after all. What was typed left the document with its fields, so all are empty again. */
  function reopen(intent: CheckoutIntent, answeredAt: number): CheckoutResult {
    saved = null;
    notice = null;
    brand = null;
    problems = {};
    setback = [texts.notSaved];
    watchTime(intent, answeredAt);
    const checked = check();
    for (const name of CHECKOUT_FIELDS) tellField(name, checked);
    for (const { box } of boxes) ticked(box, false);
    focusSoon('.notice');
    return refusal('CARD_NOT_SAVED', { canRetry: true, message: texts.notSaved });
  }

  function conclude({ id: intentId, status, ...intent }: CheckoutIntent): CheckoutResult {
    const { paymentMethodId, mandateId, customerId, externalReferenceId } = intent;
    saved = { kind: 'saved', intentId, status, paymentMethodId, mandateId, customerId, externalReferenceId };
    const why = status === 'SUCCEEDED' ? 'saved' : 'processing';
    if (notice !== why) focusSoon('.notice');
    return shut(why, saved);
  }

  function declined(problem: Extract<Answer<never>, { kind: 'problem' }> | null): CheckoutResult {
    entered = null;
    setback = texts.declined.body;
    const code = input('card_cvc');
    if (code !== null) code.value = '';
    focusSoon('.notice');
    tellValidity(check());
    return problem === null ? refusal('CARD_DECLINED', { canRetry: true }) : atServer(problem);
  }

  function whyNot(): CheckoutResult | null {
    if (notice === 'expired') return refusal('SESSION_EXPIRED');
    if (opened === null) return refusal('NOT_INITIALIZED');
    if (notice === 'processing') return refusal('STILL_PROCESSING', { canRetry: true });
    return saved === null ? null : refusal('ALREADY_CONFIRMED');
  }

  function refused(answer: Exclude<Answer<unknown>, { kind: 'ok' }>, why: NoticeName | null = null): CheckoutResult {
    if (answer.kind === 'unreachable') {
      announce(texts.unreachable);
      return why === null ? refusal('NETWORK', { canRetry: true }) : shut(why, refusal('NETWORK', { canRetry: true }));
    }
    const { status, code } = answer;
    if (code === EXPIRED) return shut('expired', refusal('SESSION_EXPIRED', { requestId: answer.requestId }));
    // Its day is over; the page gets another one from its server, and initializes anew.
    const result = status === 401 ? { ...atServer(answer), code: 'TOKEN_EXPIRED', canRetry: true } : atServer(answer);
    return why === null ? result : shut(why, result);
  }

  function showProblems(checked: CheckedCard | null, unticked: BoxToTick | undefined): CheckoutResult {
    setback = null;
    problems = {};
    for (const name of checked === null ? [] : CHECKOUT_FIELDS) showProblem(name, checked as CheckedCard);
    if (unticked) problems = { ...problems, [unticked.box]: texts.consent[`${unticked.box}Required`] };
    const [first = ''] = Object.keys(problems);
    announce(texts.problemCount(Object.keys(problems).length));
    draw();
    if (checked !== null) for (const name of CHECKOUT_FIELDS) tellField(name, checked);
    focusSoon(`#${first}`);
    const message = problems[first as CheckoutField] ?? '';
    if (first === 'remember') return refusal('REMEMBER_CARD_REQUIRED', { message });
    if (first === 'authorization') return refusal('AUTHORIZATION_REQUIRED', { message });
    return refusal('CARD_INCOMPLETE', { message, fieldName: WIRE_FIELDS[first as CheckoutField] });
  }

  /** Once it is drawn, and its field is enabled again. */
  function focusSoon(selector: string): void {
    queueMicrotask(() => setTimeout(() => root.querySelector<HTMLElement>(selector)?.focus()));
  }

  async function work<T>(job: () => Promise<T>): Promise<T> {
    setback = null;
    isWorking = true;
    draw();
    try {
      return await job();
    } finally {
      isWorking = false;
    }
  }

  function inTurn(job: () => Promise<CheckoutResult>): Promise<CheckoutResult> {
    const done = queue.then(job).finally(draw);
    queue = done.catch(() => undefined);
    return done;
  }

  function answer(ask: CheckoutAsk): Promise<CheckoutResult> {
    if (ask.kind === 'open') return inTurn(() => open(ask));
    if (ask.kind === 'enter') return inTurn(enter);
    // A double click is one confirmation.
    saving ??= inTurn(() => save(ask.paymentMethodId)).finally(() => {
      saving = null;
    });
    return saving;
  }

  return {
    show({ options }: FormState, nextTexts) {
      if (options.form !== 'checkout') return;
      texts = nextTexts;
      applyCheckoutStyles(options.styles, document.documentElement);
      draw();
    },
    collapse() {},
    answer: async (ask): Promise<Outcome> => ({ kind: 'result', result: await answer(ask as CheckoutAsk) }),
  };
}

const DECLINED = 40004;
const EXPIRED = 40402;

/** What the cardholder agreed to, by the boxes that they ticked. */
function usageOf(isAuthorized: boolean, isRemembered: boolean): string {
  if (!isAuthorized) return 'ON_SESSION';
  return isRemembered ? 'ON_AND_OFF_SESSION' : 'OFF_SESSION';
}

/** A confirmation that may not have arrived, or that another was faster than: the intent tells. */
async function confirmOrRead(session: CheckoutSession, paymentMethodId: string): Promise<Answer<CheckoutIntent>> {
  const confirmed = await session.confirm(paymentMethodId);
  const isUnclear = confirmed.kind === 'unreachable' || (confirmed.kind === 'problem' && confirmed.status === 409);
  if (!isUnclear) return confirmed;
  const read = await session.read();
  const isOver = read.kind === 'ok' && read.body.status !== 'REQUIRES_PAYMENT_METHOD';
  return isOver || confirmed.kind === 'unreachable' ? read : confirmed;
}

function enteredAs({ id, usage, card }: EnteredMethod): CheckoutResult {
  const { brand, lastFour, expiry } = card;
  return { kind: 'entered', paymentMethodId: id, usage, card: { brand, lastFour, ...expiry } };
}

/** As the server's API names them. */
const WIRE_FIELDS: Readonly<Record<CheckoutField, string>> = {
  card_number: 'card.number',
  card_expiry: 'card.expiry',
  card_cvc: 'card.cvv',
  postal_code: 'billingDetails.postalCode',
};
