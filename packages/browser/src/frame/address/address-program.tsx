import { render } from 'preact';
import {
  ADDRESS_FIELDS,
  type AddressField,
  type AddressOptions,
  type AddressValues,
  type FormLocale,
} from '../../protocol/messages.js';
import type { FormProgram, FormSurroundings } from '../start-form.js';
import { singly } from '../view/singly.js';
import { AddressForm } from './address-view.js';
import { type AddressProblems, checkAddress, formatZip } from './check-address.js';
import { loadAreaCodes, placeOfZip } from './place-of-zip.js';
import type { AddressTexts } from './texts.js';

const VALUE_CHARACTERS_MAX = 255;

/** The address form, whose values the page gets to see: that is what it is for. */
export function createAddressProgram({ root, tell, announce }: FormSurroundings): FormProgram<AddressTexts> {
  let texts: AddressTexts;
  let locale: FormLocale;
  let options: AddressOptions;
  let problems: AddressProblems = {};
  let lastTold = '';
  /** What stands there because of the postal code, and not because somebody entered it. */
  const filledIn = { state: '', city: '' };

  const draw = singly(() => {
    render(
      <AddressForm texts={texts} locale={locale} options={options} problems={problems} on={{ entered, left, chose }} />,
      root,
    );
  });

  function values(): AddressValues {
    const entries = ADDRESS_FIELDS.map((name) => {
      const element = root.querySelector<HTMLInputElement>(`#${name}`);
      return [name, (element?.value ?? '').trim().slice(0, VALUE_CHARACTERS_MAX)];
    });
    return Object.fromEntries(entries);
  }

  function check(): AddressProblems {
    return checkAddress(values(), { asksPhone: options.asksPhone, texts });
  }

  function entered(name: string): void {
    if (name === 'zip') void fillPlace();
    if (problems[name as AddressField] !== undefined) showProblem(name as AddressField);
    draw();
    tellValues();
  }

  /** Looked up in a table of our own server's, which is asked when it is wanted first. What somebody entered stays. */
  async function fillPlace(): Promise<void> {
    const asked = formatZip(values().zip);
    if (asked === null || locale !== 'ja' || values().country !== 'JP') return;
    const codes = await loadAreaCodes(asked);
    const place = codes && placeOfZip(asked, codes);
    // Meanwhile somebody may have gone on.
    if (!place || formatZip(values().zip) !== asked || values().country !== 'JP') return;
    fill('state', place.state);
    fill('city', place.city);
  }

  function fill(name: 'state' | 'city', text: string): void {
    const element = root.querySelector<HTMLInputElement>(`#${name}`);
    if (element === null || text === '' || (element.value !== '' && element.value !== filledIn[name])) return;
    filledIn[name] = text;
    if (element.value === text) return;
    element.value = text;
    entered(name);
  }

  function left(name: string, element: HTMLInputElement): void {
    if (element.value.trim() === '') return;
    if (name === 'zip' && values().country === 'JP') element.value = formatZip(element.value) ?? element.value;
    showProblem(name as AddressField);
    draw();
    const problem = problems[name as AddressField];
    if (problem !== undefined) announce(problem);
    tellValues();
  }

  function chose(): void {
    if (Object.keys(problems).length > 0) problems = check();
    draw();
    tellValues();
  }

  function showProblem(name: AddressField): void {
    const { [name]: _, ...others } = problems;
    const problem = check()[name];
    problems = problem === undefined ? others : { ...others, [name]: problem };
  }

  function tellValues(): void {
    const found = check();
    const entered = values();
    const { country: _, ...typed } = entered;
    // A card number that somebody typed here by mistake is nothing for the page.
    const isMisplaced = Object.values(found).some((text) => misplacedTexts(texts).includes(text));
    const told = {
      type: 'address',
      isEmpty: Object.values(typed).every((text) => text === ''),
      isComplete: Object.keys(found).length === 0,
      values: isMisplaced ? { ...blank(entered), country: entered.country } : entered,
    } as const;
    if (JSON.stringify(told) === lastTold) return;
    lastTold = JSON.stringify(told);
    tell(told);
  }

  return {
    show(state, nextTexts) {
      if (state.options.form !== 'address') return;
      const isFirst = texts === undefined;
      options = state.options;
      texts = nextTexts;
      locale = state.locale;
      if (Object.keys(problems).length > 0) problems = check();
      draw();
      if (!isFirst || Object.keys(options.values).length > 0) tellValues();
    },
    collapse() {},
    async answer(ask) {
      if (ask.kind !== 'check') return { kind: 'done' };
      problems = check();
      draw();
      const found = Object.entries(problems);
      const [first] = found;
      if (first === undefined) return { kind: 'done' };
      announce(texts.problemCount(found.length));
      root.querySelector<HTMLElement>(`#${first[0]}`)?.focus();
      return {
        kind: 'error',
        error: {
          kind: 'validation',
          code: 'validation_error',
          message: first[1],
          problems: found.map(([name, message]) => ({ field: wireField(name), message, problem: 'value' })),
        },
      };
    },
  };
}

function wireField(name: string): string {
  const inAddress = name !== 'name' && name !== 'phone';
  return `payment_method_data.billing_details.${inAddress ? 'address.' : ''}${name}`;
}

function blank(values: AddressValues): AddressValues {
  return Object.fromEntries(Object.keys(values).map((name) => [name, ''])) as AddressValues;
}

function misplacedTexts(texts: AddressTexts): readonly string[] {
  return ADDRESS_FIELDS.map((name) => texts.looksLikeCardNumber(texts.labels[name]));
}
