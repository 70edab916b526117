import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type Json, startToastServer, type ToastServer } from '../conformance/toast/toast-server.js';
import { closePages } from './pages-under-test.js';
import {
  fillCard,
  formOptions,
  startToastShop,
  strictToastPolicy,
  type ToastPage,
  type ToastShop,
} from './toast-shop.js';

const executablePath = findChromium();
if (!executablePath) announceMissingChromium('Toast’s documented page during an outage of the processor');

declare const window: ToastPage & typeof globalThis;

describe.skipIf(!executablePath)('a form whose confirmation an outage left PROCESSING', () => {
  let now = Date.now();
  let toast: ToastServer;
  let shop: ToastShop;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let intent: Json;
  let form: FrameLocator;
  let reads = 0;
  beforeAll(async () => {
    toast = await startToastServer({ clock: { now: () => now } });
    shop = await startToastShop(() => toast.onfile.vaultUrl);
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await toast?.onfile.stop();
  });
  beforeEach(async () => {
    now = Date.now();
    context = await browser.newContext({ locale: 'en-US' });
    page = await context.newPage();
    page.on('request', (request) => {
      if (request.method() === 'GET' && request.url().includes('/v1/setup-intents/')) reads += 1;
    });
    intent = await toast.newIntent();
    await page.goto(shop.pageWith(strictToastPolicy(toast.onfile.vaultUrl)));
    expect(await page.evaluate((each) => window.show(each), formOptions(toast, intent))).toMatchObject({
      type: 'InitResultEvent',
    });
    form = page.frameLocator('#one iframe');
    await fillForm();
  });
  afterEach((test) => closePages(context, test));
  afterEach(() => fetch(`${toast.onfile.simulatorUrl}/control`, { method: 'DELETE' }));

  async function fillForm(): Promise<void> {
    await fillCard(form);
    await form.locator('[name=remember]').check();
  }

  const save = (): Promise<Json> => page.evaluate(() => window.save(0));
  const enter = (): Promise<Json> => page.evaluate(() => window.enter(0));

  async function control(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    expect((await fetch(`${toast.onfile.simulatorUrl}/control/${path}`, init)).ok).toBe(true);
  }

  /** Jobs look when their time has come by the server's clock, so it goes on until the intent stands still. */
  async function expectSettledAs(status: string): Promise<void> {
    const read = async () => {
      now += 5_000;
      return (await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.status;
    };
    await expect.poll(read, { timeout: 15_000 }).not.toBe('PROCESSING');
    expect(await read()).toBe(status);
  }

  /** The processor never hears of the card. */
  async function saveInVain(): Promise<void> {
    await control('outage', { on: true });
    expect(await save()).toMatchObject({ type: 'ConfirmIntentResultEvent', status: 'PROCESSING' });
  }

  test('asks the server each time, and says that the card is still being checked', async () => {
    await saveInVain();
    const before = reads;
    expect(await save()).toMatchObject({ type: 'ConfirmIntentResultEvent', status: 'PROCESSING' });
    expect(await enter()).toMatchObject({ type: 'error', code: 'STILL_PROCESSING', canRetry: true });
    expect(reads - before).toBe(2);

    await page.route('**/v1/setup-intents/*', (route) => route.abort('connectionrefused'));
    expect(await save()).toMatchObject({ type: 'error', code: 'NETWORK', canRetry: true });
    await form.getByText('Checking your card').waitFor();
  });

  for (const [call, ask] of [
    ['confirmIntent', save],
    ['createPaymentMethod', enter],
  ] as const) {
    test(`tells ${call} that the card was not saved after all, and saves another one`, async () => {
      await saveInVain();
      await control('outage', { on: false });
      await expectSettledAs('REQUIRES_PAYMENT_METHOD');

      expect(await ask()).toMatchObject({ type: 'error', code: 'CARD_NOT_SAVED', canRetry: true });
      await form.getByText('Your card was not saved').waitFor();
      expect(await form.locator('[name=card_number]').inputValue()).toBe('');
      const told = await page.evaluate(() => window.told.map(({ event: { type, payload } }) => ({ type, payload })));
      const { payload } =
        told.findLast(({ type, payload }) => type === 'CHANGE' && payload.field === 'card.number') ?? {};
      expect(payload).toMatchObject({ empty: true, valid: false });
      expect(told.findLast(({ type }) => type === 'REMEMBER_CARD')?.payload).toEqual({ checked: false });
      expect(told.findLast(({ type }) => type === 'FORM_VALIDITY')?.payload).toEqual({ valid: false });

      await fillForm();
      expect(await save()).toMatchObject({ type: 'ConfirmIntentResultEvent', status: 'SUCCEEDED' });
      await form.getByText('Your card is saved').waitFor();
    });
  }

  test('tells that the card was saved once it is', async () => {
    await control('next', { operation: 'verify', behaviour: 'error_after' });
    await control('next', { operation: 'look_up', behaviour: 'error_before', times: 2 });
    expect(await save()).toMatchObject({ status: 'PROCESSING' });
    await expectSettledAs('SUCCEEDED');
    expect(await enter()).toMatchObject({ type: 'error', code: 'ALREADY_CONFIRMED' });
    await form.getByText('Your card is saved').waitFor();
    const before = reads;
    expect(await save()).toMatchObject({ type: 'ConfirmIntentResultEvent', status: 'SUCCEEDED' });
    expect(reads).toBe(before);
  });

  test('closes when its time was up before the card could be checked', async () => {
    await saveInVain();
    await control('outage', { on: false });
    await expectSettledAs('REQUIRES_PAYMENT_METHOD');
    now += 31 * 60_000;
    expect(await save()).toMatchObject({ type: 'error', code: 'SESSION_EXPIRED' });
    await form.getByText('This form is closed').waitFor();
    expect(await save()).toMatchObject({ type: 'error', code: 'SESSION_EXPIRED' });
  });
});
