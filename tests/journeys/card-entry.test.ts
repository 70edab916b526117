import { type Browser, type CDPSession, chromium, type Frame, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EN_FIELDS } from '../../packages/browser/src/frame/texts/fields-en.js';
import { announceMissingBrowser, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type Firefox, findFirefox, launchFirefox } from '../firefox.js';
import { type MerchantPages, startMerchantPages, strictPolicy } from '../merchant-pages.js';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { ENTRY_CASES, type EntryCase, type Step } from './card-entry-cases.js';
import { createFlow } from './payment-form-page.js';

let onfile: RunningOnfile;
let shop: MerchantPages;
beforeAll(async () => {
  [onfile, shop] = await Promise.all([startOnfile(), startMerchantPages()]);
});
afterAll(async () => {
  await shop?.close();
  await onfile?.stop();
});

test('the corpus has 120 cases at least, each by a name of its own', () => {
  const names = ENTRY_CASES.map(({ field, name }) => `${field}: ${name}`);
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});

const executablePath = findChromium();
if (!executablePath) announceMissingBrowser('chromium', 'what people type and paste into the card form, in Chromium');

describe.skipIf(!executablePath)('in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let ime: CDPSession;
  const entry = theEntry(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
    page = await browser.newPage({ viewport: { width: 800, height: 1_200 } });
    await page.goto(shop.pageWith(strictPolicy(onfile.vaultUrl)));
    const { client_secret } = await createFlow(onfile);
    await page.evaluate(mountForm, { vaultUrl: onfile.vaultUrl, publicKey: onfile.publicKey, client_secret });
    const frame = page.frames().find((each) => each.url().startsWith(onfile.vaultUrl)) as Frame;
    ime = await page.context().newCDPSession(page);
    return {
      evaluate: (run, argument) => frame.evaluate(run as (argument: unknown) => never, argument),
      type: (text) => page.keyboard.type(text),
      async press(keys, held) {
        if (held) await page.keyboard.down(held);
        for (const key of keys) await page.keyboard.press(key);
        if (held) await page.keyboard.up(held);
      },
    };
  });
  afterAll(() => browser?.close());

  test.each(ENTRY_CASES)('$field, $name: shows $shows', (each) => entry.expectCase(each));

  test('an input method’s own text is left alone until it is done, then it is in its form', async () => {
    const { field, driver } = { field: 'card_number', driver: entry.driver() };
    await driver.evaluate(enter, { field, text: '' });
    for (const [text, shown] of [
      ['４', '４'],
      ['４２４２４', '４２４２４'],
    ] as const) {
      await ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
      expect((await driver.evaluate(read, { field })).shows).toBe(`${shown}|`);
    }
    await ime.send('Input.insertText', { text: '４２４２４' });
    expect((await driver.evaluate(read, { field })).shows).toBe('4242 4|');
  });
});

const firefoxPath = findFirefox();
if (!firefoxPath) announceMissingBrowser('firefox', 'what people type and paste into the card form, in Firefox');

describe.skipIf(!firefoxPath)('in Firefox', () => {
  let firefox: Firefox;
  const entry = theEntry(async () => {
    firefox = await launchFirefox(firefoxPath as string);
    await firefox.open(shop.pageWith(strictPolicy(onfile.vaultUrl)));
    const { client_secret } = await createFlow(onfile);
    const { vaultUrl, publicKey } = onfile;
    await firefox.evaluate(shop.origin, mountForm, { vaultUrl, publicKey, client_secret });
    await firefox.click(vaultUrl);
    return {
      evaluate: (run, argument) => firefox.evaluate(vaultUrl, run, argument),
      type: (text) => firefox.press(Array.from(text)),
      press: (keys, held) => firefox.press(keys.map(webDriverKey), held && webDriverKey(held)),
    };
  });
  afterAll(() => firefox?.close());

  test.each(ENTRY_CASES)('$field, $name: shows $shows', (each) => entry.expectCase(each));
});

/** How a browser is driven: functions run in the form's frame, and keys go to what has the focus. */
interface EntryDriver {
  evaluate<A, T>(run: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
  type(text: string): Promise<void>;
  press(keys: readonly string[], held?: string): Promise<void>;
}

/** One form for all cases: it is emptied between them. */
function theEntry(open: () => Promise<EntryDriver>) {
  let driver: EntryDriver;
  beforeAll(async () => {
    driver = await open();
  });

  async function expectCase({ field, steps, number, ...expected }: EntryCase): Promise<void> {
    const pasted = steps.find((step) => step.do === 'paste');
    if (pasted) {
      // By the real clipboard, which a field beside the form is copied from.
      await driver.evaluate(offerForCopying, pasted);
      await driver.press(['a', 'c'], 'Control');
    }
    await driver.evaluate(empty, { number: number ?? '' });
    await driver.evaluate(enter, { field, text: '' });
    for (const step of steps) await take(step, field);

    const { shows, brand } = await driver.evaluate(read, { field });
    expect(expected.shows.includes('|') ? shows : shows.replace('|', '')).toBe(expected.shows);
    expect(brand).toBe(field === 'card_number' ? (expected.brand ?? '') : brand);
    const left = await driver.evaluate(leave, { field });
    const problems: Readonly<Record<string, string>> = EN_FIELDS.problems[field];
    expect(left.problem).toBe(expected.problem === null ? '' : problems[expected.problem]);
    expect(left.text).toBe(expected.leaves ?? expected.shows.replace('|', ''));
  }

  async function take(step: Step, field: string): Promise<void> {
    switch (step.do) {
      case 'type':
        return driver.type(step.text);
      case 'press':
        return driver.press(step.keys);
      case 'undo':
        return driver.press(['z'], 'Control');
      case 'paste':
        return driver.press(['v'], 'Control');
      case 'fill':
        return driver.evaluate(fill, { field, text: step.text });
      case 'place':
        return driver.evaluate(place, { field, marked: step.marked });
      case 'compose':
        // Nothing of ours may be written into the field while the input method is at work.
        expect(await driver.evaluate(compose, { field, texts: step.texts })).toEqual(step.texts);
    }
  }
  return { expectCase, driver: () => driver };
}

const WEB_DRIVER_KEYS: Readonly<Record<string, string>> = {
  Backspace: '\uE003',
  Shift: '\uE008',
  Control: '\uE009',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowRight: '\uE014',
  Delete: '\uE017',
};

function webDriverKey(name: string): string {
  const key = WEB_DRIVER_KEYS[name] ?? name;
  if (Array.from(key).length !== 1) throw new Error(`There is no key ${name} in the table.`);
  return key;
}

// What follows runs in the browser, each by itself: nothing outside a function is there.

interface ShopWindow {
  PayjpPayments(key: string): { widgets(options: object): { createForm(type: string): MountedForm } };
}
interface MountedForm {
  on(event: string, handler: () => void): void;
  mount(target: string): void;
}

async function mountForm(of: { vaultUrl: string; publicKey: string; client_secret: string }): Promise<void> {
  const script = document.createElement('script');
  script.src = `${of.vaultUrl}/payments.js`;
  const loaded = new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error('payments.js does not load'));
  });
  document.head.append(script);
  await loaded;
  const payments = (window as unknown as ShopWindow).PayjpPayments(of.publicKey);
  const form = payments.widgets({ clientSecret: of.client_secret, locale: 'en' }).createForm('payment');
  const ready = new Promise<void>((resolve) => form.on('ready', resolve));
  form.mount('#one');
  await ready;
}

/** A field with a good entry has no problem; emptied after that it has none either, for it was not left so. */
function empty({ number }: { number: string }): void {
  const good = {
    card_expiry: '12/34',
    card_cvc: '123',
    card_name: 'TARO',
    email: 'taro@example.com',
    card_number: '4242424242424242',
  };
  for (const [name, text] of Object.entries(good)) {
    const input = document.querySelector(`#${name}`) as HTMLInputElement;
    for (const value of [text, name === 'card_number' ? number : '']) {
      input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }
}

/** Puts the caret into a field that is as empty as a fresh one. */
function enter({ field, text }: { field: string; text: string }): void {
  document.querySelector('#source')?.remove();
  const input = document.querySelector(`#${field}`) as HTMLInputElement;
  input.value = text;
  input.focus();
}

function offerForCopying({ text }: { text: string }): void {
  const source = Object.assign(document.createElement('textarea'), { id: 'source', value: text });
  document.body.append(source);
  source.focus();
}

function fill({ field, text }: { field: string; text: string }): void {
  const input = document.querySelector(`#${field}`) as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function place({ field, marked }: { field: string; marked: string }): void {
  const input = document.querySelector(`#${field}`) as HTMLInputElement;
  const text = marked.replace(/[[\]|]/g, '');
  if (input.value !== text) throw new Error(`The field shows ${input.value}, and not ${text}.`);
  const [start = 0, end = start] = [...marked.matchAll(/[[\]|]/g)].map(({ index }, before) => index - before);
  input.setSelectionRange(start, end);
}

/** Plays an input method, as browsers tell of it; answers what it found in its place each time. */
function compose({ field, texts }: { field: string; texts: readonly string[] }): string[] {
  const input = document.querySelector(`#${field}`) as HTMLInputElement;
  const { selectionStart, selectionEnd, value } = input;
  const before = value.slice(0, selectionStart ?? 0);
  const after = value.slice(selectionEnd ?? 0);
  input.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
  const found = texts.map((data) => {
    input.value = before + data + after;
    input.setSelectionRange(before.length + data.length, before.length + data.length);
    input.dispatchEvent(new CompositionEvent('compositionupdate', { bubbles: true, data }));
    const type = 'insertCompositionText';
    input.dispatchEvent(new InputEvent('input', { bubbles: true, data, inputType: type, isComposing: true }));
    return input.value.slice(before.length, input.value.length - after.length);
  });
  input.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: texts.at(-1) ?? '' }));
  return found;
}

function read({ field }: { field: string }): { shows: string; brand: string } {
  const { value, selectionStart } = document.querySelector(`#${field}`) as HTMLInputElement;
  const at = selectionStart ?? 0;
  return {
    shows: `${value.slice(0, at)}|${value.slice(at)}`,
    brand: document.querySelector('.badge')?.textContent ?? '',
  };
}

function leave({ field }: { field: string }): { text: string; problem: string } {
  const input = document.querySelector(`#${field}`) as HTMLInputElement;
  input.blur();
  const invalid = input.getAttribute('aria-invalid') === 'true';
  return { text: input.value, problem: invalid ? (document.querySelector(`#${field}-below`)?.textContent ?? '') : '' };
}
