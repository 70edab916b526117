import axe from 'axe-core';
import fc from 'fast-check';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type MerchantPages, startMerchantPages } from '../merchant-pages.js';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { fillCard, type Look, PaymentFormPage } from './payment-form-page.js';

const executablePath = findChromium();
if (!executablePath) announceMissingChromium('the payment form in each of its states');

const DECLINED = '4000000000000002';

describe.skipIf(!executablePath)('the payment form', () => {
  let onfile: RunningOnfile;
  let shop: MerchantPages;
  let browser: Browser;
  beforeAll(async () => {
    [onfile, shop] = await Promise.all([startOnfile(), startMerchantPages()]);
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await onfile?.stop();
  });

  async function inPage<T>(options: BrowserContextOptions, run: (shopPage: PaymentFormPage) => Promise<T>): Promise<T> {
    const page = await browser.newPage({ viewport: { width: 800, height: 1_600 }, ...options });
    try {
      return await run(new PaymentFormPage(page, onfile, shop));
    } finally {
      await page.close();
    }
  }

  /** Answers the reads of the flow with this status, as if another tab or the card company had been there. */
  async function pretend(page: Page, status: string): Promise<void> {
    await page.route(`${onfile.vaultUrl}/v2/setup_flows/*`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), status } });
    });
  }

  for (const locale of ['ja', 'en'] as const) {
    for (const theme of ['payjp', 'dark'] as const) {
      test(`has no finding of axe in any state, ${locale}, ${theme}`, { timeout: 120_000 }, async () => {
        // axe itself is a script, which the frame's policy rightly refuses.
        await inPage({ bypassCSP: true }, async (own) => {
          const { page } = own;
          const look: Look = { locale, appearance: { theme } };
          const open = async (layout: object = {}) => {
            await own.open(await own.createFlow(), look);
            const dark = theme === 'dark';
            await page.evaluate(
              (color) => document.body.style.setProperty('background', color),
              dark ? '#181c24' : '#fff',
            );
            return own.mount(layout);
          };
          let form = await open();
          await expectNoFindings(page, 'empty');
          await own.errorOfConfirm();
          await expectNoFindings(page, 'errors');
          await fillCard(form, DECLINED);
          await own.errorOfConfirm();
          await form.locator('.notice.danger').waitFor();
          await expectNoFindings(page, 'declined');

          let answer = () => {};
          const answered = new Promise<void>((resolve) => {
            answer = resolve;
          });
          await page.route(`${onfile.vaultUrl}/v2/setup_flows/*/confirm`, async (route) => {
            await answered;
            await route.continue();
          });
          await form.locator('[name=card_cvc]').fill('123');
          const confirmed = own.errorOfConfirm();
          await form.locator('form[aria-busy=true]').waitFor();
          await expectNoFindings(page, 'working');
          answer();
          await confirmed;

          for (const type of ['tab', 'accordion']) {
            form = await open({ layout: { type, defaultCollapsed: true } });
            await own.errorOfConfirm();
            await expectNoFindings(page, `${type}, collapsed`);
          }
          for (const status of ['succeeded', 'canceled', 'processing', 'requires_action']) {
            await pretend(page, status);
            form = await open();
            await form.locator('.notice').waitFor();
            await expectNoFindings(page, status);
            await page.unrouteAll();
          }
        });
      });
    }
  }

  for (const width of [320, 390, 800]) {
    for (const locale of ['ja', 'en'] as const) {
      test(`moves nothing from first to last at ${width} px, ${locale}`, { timeout: 60_000 }, async () => {
        await inPage({ viewport: { width, height: 1_800 } }, async (own) => {
          await own.page.addInitScript(recordShifts);
          await own.open(await own.createFlow(), { locale });
          const unmounted = await own.page.locator('#pay').evaluate((button) => button.getBoundingClientRect().y);
          const form = await own.mount();
          for (const entries of WRONG_ENTRIES) {
            for (const [name, text] of Object.entries(entries)) {
              await form.locator(`[name=${name}]`).fill(text);
              // Leaving a field is no input that would excuse a shift: the problem comes by itself.
              await form.locator(`[name=${name}]`).blur();
            }
            await own.errorOfConfirm();
          }
          await fillCard(form, DECLINED);
          await own.errorOfConfirm();
          await form.locator('.notice.danger').waitFor();
          const frame = own.page.frames().find((each) => each !== own.page.mainFrame());
          // Mounting makes the place, once; from then on nothing moves.
          const inShop = (await own.page.evaluate(readShifts)).filter(({ fromY }) => fromY !== unmounted);
          expect([inShop, await frame?.evaluate(readShifts)]).toEqual([[], []]);
        });
      });
    }
  }

  test('has about the height that the page keeps for it, whatever it asks for, and never a greater one', async () => {
    const billingDetails = [
      undefined,
      'never',
      { name: 'never' },
      { phone: 'never' },
      { email: 'never', name: 'never' },
    ];
    const wishes = [
      ...billingDetails.map((each) => ['payment', { fields: { billingDetails: each } }] as const),
      ['payment', { layout: 'tab' }] as const,
      ['payment', { layout: { type: 'accordion', defaultCollapsed: true } }] as const,
      ['address', { mode: 'billing' }] as const,
      ['address', { mode: 'shipping' }] as const,
    ];
    const wrong: object[] = [];
    for (const width of [320, 390, 800]) {
      await inPage({ viewport: { width, height: 1_400 } }, async (own) => {
        for (const [form, options] of wishes) {
          for (const locale of ['ja', 'en'] as const) {
            await own.open(await own.createFlow(), { locale });
            const kept = own.page
              .waitForSelector('#one iframe', { state: 'attached' })
              .then((each) => each.evaluate((frame) => Number.parseFloat((frame as HTMLElement).style.height) - 8));
            const frame = await own.mount(options, { form });
            const needed = await frame
              .locator('#form')
              .evaluate((root) => Math.ceil(root.getBoundingClientRect().height));
            const spare = (await kept) - needed;
            const spareMax = width < 390 ? 150 : 48;
            if (spare < 0 || spare > spareMax) wrong.push({ width, form, options, locale, spare });
            await own.page.evaluate(() => sessionStorage.clear());
          }
        }
      });
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test('needs no sideways scrolling at 320 px, at 400 % of zoom and with the largest type', async () => {
    // 1280 px at 400 % are 320 px of a device four times as dense.
    for (const [width, deviceScaleFactor] of [
      [320, 1],
      [320, 4],
    ] as const) {
      await inPage({ viewport: { width, height: 1_400 }, deviceScaleFactor }, async (own) => {
        await own.open(await own.createFlow(), { locale: 'en' });
        for (const fontSizeBase of ['16px', '24px']) {
          await own.update({ locale: 'en', appearance: { theme: 'payjp', variables: { fontSizeBase } } });
          const form = await own.mount();
          await fillCard(form, '378282246310005');
          await own.errorOfConfirm();
          const beyond = await form.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
          expect({ fontSizeBase, beyond }).toEqual({ fontSizeBase, beyond: 0 });
        }
      });
    }
  });

  test('shows in forced colours which method is chosen and which field is wrong, and moves nothing by itself', async () => {
    await inPage({ forcedColors: 'active', reducedMotion: 'reduce' }, async (own) => {
      await own.open(await own.createFlow(), { locale: 'en' });
      const form = await own.mount();
      await own.errorOfConfirm();
      const seen = await form.locator('html').evaluate((root) => {
        const borderOf = (selector: string) => getComputedStyle(root.querySelector(selector) as Element).borderTopWidth;
        const moving = [...root.querySelectorAll('*')].filter((each) => each.getAnimations().length > 0).length;
        const dot = getComputedStyle(root.querySelector('.dot') as Element, '::after');
        return { wrong: borderOf('#card_number'), right: borderOf('#phone'), dot: dot.backgroundColor, moving };
      });
      expect(seen).toMatchObject({ wrong: '3px', right: '1px', moving: 0 });
      expect(seen.dot).not.toBe('rgba(0, 0, 0, 0)');
    });
  });

  for (const layout of ['tab', 'accordion'] as const) {
    test(`is opened, filled and gone through by keyboard alone as ${layout}, forwards and backwards`, async () => {
      await inPage({}, async (own) => {
        await own.open(await own.createFlow(), { locale: 'en' });
        const form = await own.mount({ layout: { type: layout, defaultCollapsed: true } });
        const { keyboard } = own.page;
        await own.page.locator('body').press('Tab');
        await form.locator('#method:focus').waitFor();
        expect(await form.locator('[name=card_number]').isVisible()).toBe(false);
        await keyboard.press('Enter');
        await form.locator('[name=card_number]').waitFor();
        const order = ['card_number', 'card_expiry', 'card_cvc', 'card_name', 'email', 'phone'];
        for (const name of order) {
          await keyboard.press('Tab');
          await form.locator(`[name=${name}]:focus`).waitFor();
        }
        for (const name of [...order.slice(0, -1).reverse(), 'method']) {
          await keyboard.press('Shift+Tab');
          await form.locator(`#${name}:focus`).waitFor();
        }
        const changes = (await own.told()).filter(({ event }) => event === 'change');
        expect(changes.at(-1)).toMatchObject({ value: { type: 'card' } });

        await own.call('payment', 'collapse');
        await form.locator('[name=card_number]').waitFor({ state: 'hidden' });
        expect(await own.errorOfConfirm()).toMatchObject({ type: 'validation_error' });
        await form.getByText('Choose a payment method.').waitFor();
      });
    });
  }

  test('lets nothing that is typed at random reach the page, whatever the page asks of it meanwhile', {
    timeout: 60_000,
  }, async () => {
    await inPage({}, async (own) => {
      await own.page.addInitScript(recordMessages);
      await own.open(await own.createFlow(), { locale: 'en' });
      const form = await own.mount();
      const fields = ['card_number', 'card_expiry', 'card_cvc', 'card_name', 'email', 'phone'];
      // A seed of its own: a run that fails can be had again.
      const typings = fc.sample(typing(fields), { numRuns: 60, seed: 20_261_122 });
      for (const { field, text, act } of typings) {
        await form.locator(`[name=${field}]`).fill(text);
        if (act === 'confirm') await own.errorOfConfirm();
        if (act === 'update') await own.update({ locale: text.length % 2 === 0 ? 'ja' : 'en' });
        if (act === 'refresh') await own.fetchUpdates();
      }
      const heard = (await own.page.evaluate(() => (window as unknown as { heard: string[] }).heard)).join('\n');
      expect(heard).toContain('"type":"change"');
      expect(heard).toContain('"kind":"error"');
      const plain = heard.normalize('NFKC');
      const runs = typings.flatMap(({ text }) => runsOfDigits(text.normalize('NFKC')));
      expect(runs.length).toBeGreaterThan(100);
      expect(runs.filter((run) => plain.includes(run))).toEqual([]);
    });
  });

  test('ends in an error with something to do: canceled, offline, and back again', async () => {
    await inPage({}, async (own) => {
      const { page } = own;
      const flow = await own.createFlow();
      await own.open(flow, { locale: 'en' });
      const form = await own.mount();
      await fillCard(form, '4242424242424242');
      await page.context().setOffline(true);
      expect(await own.errorOfConfirm()).toEqual({
        type: 'api_error',
        code: 'network_error',
        message: 'The server could not be reached. Try again.',
      });
      expect(await form.locator('#live').textContent()).toContain('no connection');
      expect(await form.locator('[name=card_number]').inputValue()).toBe('4242 4242 4242 4242');
      await page.context().setOffline(false);

      await own.cancelFlow(flow);
      const error = await own.errorOfConfirm();
      expect(error).toMatchObject({ type: 'api_error', code: 'invalid_status', message: expect.stringMatching(/./) });
      await form.getByText('Saving the card was canceled').waitFor();
      expect(await own.errorOfConfirm()).toMatchObject({
        code: 'invalid_status',
        message: 'The setup flow is canceled. Create a new one.',
      });
    });
  });
});

const WRONG_ENTRIES = [
  {
    card_number: '4242424242424241',
    card_expiry: '13/34',
    card_cvc: '12',
    card_name: '山田太郎',
    email: 'taro',
    phone: '1',
  },
  {
    card_number: '4242',
    card_expiry: '12/19',
    card_cvc: 'abc',
    card_name: '4242424242424242',
    email: '4242424242424242',
    phone: '4242424242424242',
  },
  { card_number: 'x', card_expiry: '12/2099', card_cvc: '1', card_name: '---', email: '', phone: '' },
] as const;

async function expectNoFindings(page: Page, state: string): Promise<void> {
  for (const frame of page.frames().filter((each) => each !== page.mainFrame())) {
    await frame.evaluate(axe.source);
    const { violations, passes } = await frame.evaluate(() =>
      (window as unknown as { axe: typeof axe }).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      }),
    );
    const findings = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect(findings, state).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  }
}

function typing(fields: readonly string[]) {
  const digits = fc.constantFrom(...'0123456789０１２３４５６７８９'.split(''));
  const others = fc.constantFrom(' ', '-', '　', '/', '@', '.', 'a', 'あ', '年');
  const characters = fc.array(fc.oneof({ weight: 9, arbitrary: digits }, { weight: 1, arbitrary: others }), {
    minLength: 6,
    maxLength: 24,
  });
  return fc.record({
    field: fc.constantFrom(...fields),
    text: characters.map((each) => each.join('')),
    act: fc.constantFrom('confirm', 'update', 'refresh', 'nothing', 'nothing'),
  });
}

/** Every run of five digits, with what people put between digits and without. */
function runsOfDigits(text: string): string[] {
  const runs = [text, text.replace(/\D/g, '')].flatMap((each) => each.match(/\d{5,}/g) ?? []);
  return runs.flatMap((run) => Array.from({ length: run.length - 4 }, (_, at) => run.slice(at, at + 5)));
}

interface Shift {
  readonly what: string;
  readonly fromY: number;
  readonly toY: number;
}

/** Runs in the page and in its frames before their own scripts. */
function recordShifts(): void {
  const shifts: Shift[] = [];
  Object.assign(window, { shifts });
  // Those right after an input count too: nothing is to move at all.
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { sources } = entry as unknown as {
        sources: { node: Element | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
      };
      for (const { node, previousRect, currentRect } of sources) {
        const what = node?.outerHTML?.slice(0, 80) ?? 'a text';
        shifts.push({ what, fromY: previousRect.y, toY: currentRect.y });
      }
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

function readShifts(): Shift[] {
  return (window as unknown as { shifts: Shift[] }).shifts;
}

function recordMessages(): void {
  const heard: string[] = [];
  Object.assign(window, { heard });
  addEventListener('message', ({ data }) => heard.push(String(data)));
  const descriptor = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage') as PropertyDescriptor;
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...descriptor,
    set(this: MessagePort, handler: (event: MessageEvent) => void) {
      descriptor.set?.call(this, (event: MessageEvent) => {
        heard.push(String(event.data));
        handler(event);
      });
    },
  });
}
