import { startDemo } from '@onfile/demo';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { boxesFor, CONSENT_VERSION } from '../../packages/browser/src/frame/checkout/consent.js';
import { TEXTS } from '../../packages/browser/src/frame/checkout/texts-en.js';
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
if (!executablePath) announceMissingChromium('Toast’s documented page against our own loader.js');

interface Shop extends ToastPage {
  readonly heard: string[];
}
declare const window: Shop & typeof globalThis;

const CARD_ON_FILE = { usage: 'OFF_SESSION', standingInstructionType: 'RECURRING' };

describe.skipIf(!executablePath)('Toast’s documented page, with only the script’s host changed', () => {
  let toast: ToastServer;
  let shop: ToastShop;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let asked: { url: string; method: string }[];
  beforeAll(async () => {
    toast = await startToastServer();
    shop = await startToastShop(() => toast.onfile.vaultUrl);
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await toast?.onfile.stop();
  });
  beforeEach(() => open({}));
  afterEach((test) => closePages(context, test));

  async function open(options: object): Promise<void> {
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 800, height: 1_400 }, ...options });
    await context.addInitScript(recordMessages);
    page = await context.newPage();
    asked = [];
    page.on('request', (request) => asked.push({ url: request.url(), method: request.method() }));
  }

  async function openShop(): Promise<void> {
    await page.goto(shop.pageWith(strictToastPolicy(toast.onfile.vaultUrl)));
  }

  function optionsFor(intent: Json, more: object = {}): object {
    return { ...formOptions(toast, intent), ...more };
  }

  const show = (options: object, styles?: object): Promise<Json> =>
    page.evaluate(({ options, styles }) => window.show(options, styles), { options, styles });
  const save = (index = 0): Promise<Json> => page.evaluate((each) => window.save(each), index);
  const frame = (id = 'one'): FrameLocator => page.frameLocator(`#${id} iframe`);
  const told = (call: string) => page.evaluate((each) => window.told.filter((one) => one.call === each), call);
  const seen = async (type: string) => (await told('monitor')).filter(({ event }) => event.type === type);
  const read = async (intent: Json): Promise<Json> => (await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body;
  const savedCards = async (customerId: string): Promise<Json> =>
    (await toast.ask(`GET /v1/customers/${customerId}/payment-methods`, { headers: toast.location })).body;

  /** The shop with the form of a new intent, as its page shows it. */
  async function shown(body?: object, more: object = {}): Promise<{ intent: Json; form: FrameLocator }> {
    const intent = await toast.newIntent(body);
    await openShop();
    expect(await show(optionsFor(intent, more))).toMatchObject({ type: 'InitResultEvent' });
    return { intent, form: frame() };
  }

  /** Requests that change something, sent since the page was opened. */
  const posts = () => asked.filter(({ method }) => method === 'POST').length;

  test('saves a card for its customer (ON_SESSION), under the strictest policy, with events in their shapes', async () => {
    const { intent, form } = await shown();
    await fillCard(form);
    await form.getByLabel('Remember this card').check();
    await expect.poll(async () => (await seen('FORM_VALIDITY')).at(-1)?.event.payload).toEqual({ valid: true });
    await page.evaluate(() => window.enter(0));
    await page.click('#pay');
    await form.getByText('Your card is saved').waitFor();

    const { id, customerId } = intent;
    const paymentMethodId = (await read(intent)).paymentMethodId;
    const result = { intentId: id, intentType: 'SETUP_INTENT' };
    expect((await told('initialize')).map(({ outcome, event }) => [outcome, event])).toEqual([
      ['success', { type: 'InitResultEvent', ...result }],
    ]);
    expect((await told('createPaymentMethod')).map(({ outcome, event }) => [outcome, event])).toEqual([
      [
        'success',
        {
          type: 'CreatePaymentMethodResultEvent',
          paymentMethodId,
          card: { brand: 'VISA', lastFour: '4242', expiry: { month: '12', year: '39' } },
          usage: 'ON_SESSION',
        },
      ],
    ]);
    await expect.poll(() => told('confirmIntent')).toHaveLength(1);
    expect((await told('confirmIntent')).map(({ outcome, event }) => [outcome, event])).toEqual([
      [
        'success',
        {
          type: 'ConfirmIntentResultEvent',
          ...result,
          status: 'SUCCEEDED',
          paymentMethodId,
          mandateId: null,
          customerId,
          externalReferenceId: null,
        },
      ],
    ]);
    expect((await read(intent)).status).toBe('SUCCEEDED');
    expect(await savedCards(customerId)).toMatchObject({ results: 1, paymentMethods: [{ lastFour: '4242' }] });
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  });

  test('keeps token and secret out of every address, and the digits out of every message to the page', async () => {
    const { intent, form } = await shown();
    await fillCard(form);
    await form.getByLabel('Remember this card').check();
    expect(await save()).toMatchObject({ status: 'SUCCEEDED' });
    const { vaultUrl } = toast.onfile;
    for (const { url } of asked) {
      expect([shop.origin, vaultUrl]).toContain(new URL(url).origin);
      expect(decodeURIComponent(url)).not.toContain(intent.sessionSecret.split('_').at(-1));
      expect(url).not.toContain(toast.tokens.iframe.split('.').at(-1));
    }
    const heard = (await page.evaluate(() => window.heard)).join('\n');
    expect(heard).toContain('"field":"card_number"');
    for (const typed of ['42424', '02118', '"123"', '12 / 39', 'Bearer', intent.sessionSecret]) {
      expect(heard).not.toContain(typed);
    }
    expect(await page.locator('iframe').getAttribute('data-dropped')).toBeNull();
  });

  test('keeps a card on file (OFF_SESSION without customer), with the words that the frame showed as its evidence', async () => {
    const { intent, form } = await shown(CARD_ON_FILE);
    expect(await form.locator('[name=remember]').count()).toBe(0);
    await fillCard(form);
    await form.getByLabel('I authorize Test shop to charge my card as outlined in the terms').check();
    const texts = await form.locator('.box').allInnerTexts();
    const [words] = boxesFor(TEXTS, {
      ...{ merchantName: 'Test shop', usage: 'OFF_SESSION', hasCustomer: false, standingInstruction: 'RECURRING' },
    });
    expect(texts.map((text) => text.trim().split(/\n+/))).toEqual([[words?.label, words?.terms]]);
    const { status, mandateId, customerId, paymentMethodId } = await save();
    expect([status, customerId]).toEqual(['SUCCEEDED', null]);

    const mandate = (await toast.ask(`GET /v1/mandates/${mandateId}`)).body;
    expect(mandate).toMatchObject({ status: 'ACTIVE', standingInstructionType: 'RECURRING', paymentMethodId });
    const { storage, merchantId } = toast.onfile;
    const kept = await storage.loadMandate({ merchantId, mode: 'test' }, mandateId);
    const userAgent = await page.evaluate(() => navigator.userAgent);
    expect(kept?.consent).toMatchObject({
      textVersion: CONSENT_VERSION,
      language: 'en',
      userAgent,
      clientAddress: '127.0.0.1',
    });
    expect((await read(intent)).mandateId).toBe(mandateId);
  });

  test('keeps a card for both (ON_AND_OFF_SESSION), or for the merchant alone, as its customer ticks', async () => {
    for (const [remembers, results] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const customerId = await toast.newCustomer();
      const { form } = await shown({ ...CARD_ON_FILE, customerId });
      await fillCard(form);
      await form.locator('[name=authorization]').check();
      if (remembers) await form.locator('[name=remember]').check();
      const saved = await save();
      expect(saved).toMatchObject({ status: 'SUCCEEDED', mandateId: expect.any(String), customerId });
      expect((await savedCards(customerId)).results).toBe(results);
      const method = await toast.ask(`GET /v1/payment-methods/${saved.paymentMethodId}`);
      expect(method.body.usage).toBe(remembers ? 'ON_AND_OFF_SESSION' : 'OFF_SESSION');
    }
  });

  for (const [what, body, box, code] of [
    ['Remember this card', undefined, 'remember', 'REMEMBER_CARD_REQUIRED'],
    ['the authorization', CARD_ON_FILE, 'authorization', 'AUTHORIZATION_REQUIRED'],
  ] as const) {
    test(`asks nobody while ${what} is not ticked, says so in the frame, and goes on once it is`, async () => {
      const { form } = await shown(body);
      await fillCard(form);
      const before = posts();
      for (const event of [await page.evaluate(() => window.enter(0)), await save()]) {
        expect(event).toEqual({
          type: 'error',
          code,
          message: expect.any(String),
          requestId: null,
          canRetry: false,
          fieldName: null,
        });
      }
      expect(posts() - before).toBe(0);
      await form.locator(`[name=${box}][aria-invalid=true]:focus`).waitFor();
      await form.locator(`#${box}-below`).getByText('Tick this box').waitFor();
      await page.keyboard.press('Space');
      expect(await save()).toMatchObject({ status: 'SUCCEEDED' });
    });
  }

  test('a box unticked after the card was kept blocks the confirmation again', async () => {
    const { form } = await shown();
    await fillCard(form);
    await form.locator('[name=remember]').check();
    expect(await page.evaluate(() => window.enter(0))).toMatchObject({ usage: 'ON_SESSION' });
    await form.locator('[name=remember]').uncheck();
    const before = posts();
    expect(await save()).toMatchObject({ code: 'REMEMBER_CARD_REQUIRED' });
    expect(posts() - before).toBe(0);
  });

  test('shows a decline, keeps all entries but the code, and saves another card', async () => {
    const { intent, form } = await shown();
    await fillCard(form, '4000000000000002');
    await form.locator('[name=remember]').check();
    expect(await save()).toMatchObject({ type: 'error', code: 40004, canRetry: true, requestId: expect.any(String) });
    await form.getByText('Your card was not saved').waitFor();
    expect(await form.locator('[name=card_cvc]').inputValue()).toBe('');
    expect(await form.locator('[name=postal_code]').inputValue()).toBe('02118');
    expect(await form.locator('[name=remember]').isChecked()).toBe(true);
    expect(await save()).toMatchObject({ code: 'CARD_INCOMPLETE', fieldName: 'card.cvv' });

    await form.locator('[name=card_number]').fill('5555555555554444');
    await form.locator('[name=card_cvc]').fill('123');
    expect(await page.evaluate(() => window.save(0, 'confirmPayment'))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await savedCards(intent.customerId)).toMatchObject({ results: 1, paymentMethods: [{ lastFour: '4444' }] });
  });

  async function control(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    expect((await fetch(`${toast.onfile.simulatorUrl}/control/${path}`, init)).ok).toBe(true);
  }

  for (const [what, behaviour] of [
    ['while the processor is out of order', 'error_after'],
    ['where the issuer asks for 3-D Secure, which this API has no step for', 'challenge'],
  ] as const) {
    test(`calls back with success and PROCESSING ${what}`, async () => {
      const { intent, form } = await shown();
      await fillCard(form);
      await form.locator('[name=remember]').check();
      await control('next', { operation: 'verify', behaviour });
      expect(await save()).toMatchObject({ type: 'ConfirmIntentResultEvent', status: 'PROCESSING' });
      await form.getByText('Checking your card').waitFor();
      expect((await told('confirmIntent')).map(({ outcome }) => outcome)).toEqual(['success']);
      expect(['PROCESSING', 'SUCCEEDED']).toContain((await read(intent)).status);
    });
  }

  test('a lost answer is looked up: no card is verified twice, and none is called lost that was saved', async () => {
    const { form } = await shown();
    await fillCard(form);
    await form.locator('[name=remember]').check();
    let confirmations = 0;
    await page.route('**/confirm', async (route) => {
      confirmations += 1;
      await route.fetch();
      await route.abort('connectionreset');
    });
    expect(await save()).toMatchObject({ status: 'SUCCEEDED' });
    expect(confirmations).toBe(1);
  });

  test('tells of a saved card whatever characters its intent’s reference is made of', async () => {
    const externalReferenceId = '😀'.repeat(255);
    const { form } = await shown({ externalReferenceId, customerId: await toast.newCustomer(), usage: 'ON_SESSION' });
    await fillCard(form);
    await form.locator('[name=remember]').check();
    expect(await save()).toMatchObject({ status: 'SUCCEEDED', externalReferenceId });
  });

  test('an answer that the page cannot read ends what was asked at once', async () => {
    const { form } = await shown();
    await fillCard(form);
    await form.locator('[name=remember]').check();
    await page.route('**/confirm', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), mandateId: 7 } });
    });
    const message = expect.stringContaining('The card may have been saved');
    expect(await save()).toMatchObject({ type: 'error', code: 'INTERNAL', message });
  });

  test('a card is sent again under its key when the connection broke, and kept once', async () => {
    const { form } = await shown();
    await fillCard(form);
    await form.locator('[name=remember]').check();
    const keys: (string | undefined)[] = [];
    await page.route('**/v1/payment-methods', async (route) => {
      keys.push(route.request().headers()['toast-idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    expect(await save()).toMatchObject({ status: 'SUCCEEDED' });
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  test('keeps two forms on one page apart', async () => {
    const [one, two] = [await toast.newIntent(), await toast.newIntent(CARD_ON_FILE)];
    await openShop();
    await Promise.all([show(optionsFor(one)), show(optionsFor(two, { domElementId: 'two' }))]);
    await fillCard(frame('one'), '4000000000000002');
    await frame('one').locator('[name=remember]').check();
    await fillCard(frame('two'));
    await frame('two').locator('[name=authorization]').check();
    const [first, second] = await Promise.all([save(0), save(1)]);
    expect([first.code, second.status]).toEqual([40004, 'SUCCEEDED']);
    expect([(await read(one)).status, (await read(two)).status]).toEqual(['REQUIRES_PAYMENT_METHOD', 'SUCCEEDED']);
  });

  test('can be taken away at any moment: what was asked ends in its callback, and nothing is left', async () => {
    const intent = await toast.newIntent();
    await openShop();
    // Before it is there.
    const early = page.evaluate((options) => {
      const shown = window.show(options);
      window.forms[0]?.destroy();
      return shown;
    }, optionsFor(intent));
    expect(await early).toMatchObject({ type: 'error', code: 'DESTROYED' });
    expect(await page.locator('iframe').count()).toBe(0);
    expect(await save()).toMatchObject({ code: 'NOT_INITIALIZED' });

    // In the middle of a confirmation, which goes on at the server.
    await show(optionsFor(intent));
    await fillCard(frame());
    await frame().locator('[name=remember]').check();
    await page.route('**/confirm', async (route) => {
      const answer = await route.fetch();
      await page.evaluate(() => window.forms[1]?.destroy());
      await route.fulfill({ response: answer }).catch(() => {});
    });
    expect(await save(1)).toMatchObject({ type: 'error', code: 'DESTROYED' });
    expect(await page.locator('iframe').count()).toBe(0);
    expect((await read(intent)).status).toBe('SUCCEEDED');
    await page.unroute('**/confirm');

    // The same form shows what came of it.
    const again = { ...optionsFor(intent) };
    await page.evaluate((options) => window.forms[1]?.initialize(null, null, options), again);
    await frame().getByText('Your card is saved').waitFor();
    expect(await save(1)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('is one confirmation after a double click, told to both callers', async () => {
    const { intent, form } = await shown();
    await fillCard(form);
    await form.locator('[name=remember]').check();
    const both = await page.evaluate(() => Promise.all([window.save(0), window.save(0)]));
    expect(both[0]).toMatchObject({ status: 'SUCCEEDED' });
    expect(both[1]).toEqual(both[0]);
    expect(await told('confirmIntent')).toHaveLength(2);
    expect((await savedCards(intent.customerId)).results).toBe(1);
  });

  test('a second form in the same element takes the place of the first', async () => {
    const { form } = await shown();
    const intent = await toast.newIntent(CARD_ON_FILE);
    expect(await show(optionsFor(intent))).toMatchObject({ intentId: intent.id });
    expect(await page.locator('iframe').count()).toBe(1);
    await form.locator('[name=authorization]').waitFor();
    expect(await save(0)).toMatchObject({ code: 'DESTROYED' });
  });

  // biome-ignore format: a table, a line for each case
  const refused: readonly [what: string, change: (good: Json, intent: Json) => Json | Promise<Json>, code: string | number, fieldName: string | null][] = [
    ['no options',                () => undefined,                                                             'INVALID_OPTIONS',        'merchantId'],
    ['a token that is no text',   (good) => ({ ...good, oauthToken: 1 }),                                      'INVALID_OPTIONS',        'oauthToken'],
    ['an unknown element',        (good) => ({ ...good, domElementId: 'three' }),                              'ELEMENT_NOT_FOUND',      'domElementId'],
    ['an unknown merchant',       (good) => ({ ...good, merchantId: '00000000-0000-7000-8000-000000000000' }), 'UNKNOWN_MERCHANT',       'merchantId'],
    ['another merchant',          async (good) => ({ ...good, merchantId: (await toast.onfile.addMerchant('Other')).merchantId }), 40302, null],
    ['a secret of no intent',     (good) => ({ ...good, sessionSecret: 'PI_1_SECRET_2' }),                     'INVALID_SESSION_SECRET', 'sessionSecret'],
    ['a secret that is too long', (good) => ({ ...good, sessionSecret: `SI_${'x'.repeat(300)}` }),             'INVALID_SESSION_SECRET', 'sessionSecret'],
    ['a merchant’s id that is too long', (good) => ({ ...good, merchantId: 'x'.repeat(37) }),                  'UNKNOWN_MERCHANT',       'merchantId'],
    ['a token that is too long',  (good) => ({ ...good, oauthToken: 'x'.repeat(4_097) }),                      'INVALID_OPTIONS',        'oauthToken'],
    ['a token that no header can carry', (good) => ({ ...good, oauthToken: '\u0001'.repeat(4_096) }),          'INVALID_OPTIONS',        'oauthToken'],
    ['a wrong secret',            (good) => ({ ...good, sessionSecret: `${good.sessionSecret.slice(0, -3)}abc` }), 40303,                null],
    ['a token that is none',      (good) => ({ ...good, oauthToken: 'x' }),                                    'TOKEN_EXPIRED',          null],
    ['a token of payment credentials', (good) => ({ ...good, oauthToken: toast.tokens.payment }),              'WRONG_CREDENTIALS',      'oauthToken'],
  ];
  test('tells why there is no form, in the failure callback and by nothing else', async () => {
    const intent = await toast.newIntent();
    await openShop();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    for (const [what, change, code, fieldName] of refused) {
      const event = await show(await change(optionsFor(intent), intent));
      expect([what, event.type, event.code, event.fieldName]).toEqual([what, 'error', code, fieldName]);
    }
    const calls = await told('initialize');
    expect(calls.map(({ outcome }) => outcome)).toEqual(refused.map(() => 'failure'));
    expect(errors).toEqual([]);
  });

  test('throws nothing whatever it is called with, and goes on after a callback that throws', async () => {
    const { form } = await shown();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    const types = await page.evaluate(async () => {
      const form = window.Toast();
      const stop = form.monitor(null);
      stop();
      const events = [
        await form.initialize(),
        await form.initialize(1, 'x', null, 'styles'),
        await form.confirmIntent(undefined, () => {
          throw new Error('thrown by the page');
        }),
        await form.createPaymentMethod({}, []),
        await new window.Toast().confirmPayment(),
        await window.Toast.createPaymentMethod(),
      ];
      form.destroy();
      form.destroy();
      return events.map(({ type, code }) => `${type} ${code}`);
    });
    const none = 'error NOT_INITIALIZED';
    expect(types).toEqual(['error INVALID_OPTIONS', 'error INVALID_OPTIONS', none, none, none, none]);
    expect(errors).toEqual(['thrown by the page']);
    await form.locator('[name=card_number]').waitFor();
  });

  test('tells at once of a payment method’s id that cannot be one, and the form can be shown anew', async () => {
    const { intent } = await shown();
    const events = await page.evaluate(async () => {
      const thrower = {
        toString() {
          throw new Error('thrown by the page');
        },
      };
      const confirm = (paymentMethodId: unknown) => window.forms[0]?.confirmIntent(null, null, { paymentMethodId });
      return [await confirm('x'.repeat(37)), await confirm(7), await confirm(thrower)];
    });
    const refused = { type: 'error', code: 'INVALID_OPTIONS', fieldName: 'paymentMethodId' };
    expect(events).toMatchObject([refused, refused, refused]);
    const again = page.evaluate((options) => window.forms[0]?.initialize(null, null, options), optionsFor(intent));
    expect(await again).toMatchObject({ type: 'InitResultEvent' });
  });

  test('works as an object, too: Toast itself is a form', async () => {
    const intent = await toast.newIntent();
    await openShop();
    const event = await page.evaluate((options) => window.Toast.initialize(null, null, options), optionsFor(intent));
    expect(event).toMatchObject({ type: 'InitResultEvent', intentId: intent.id });
    await page.evaluate(() => window.Toast.destroy());
    expect(await page.locator('iframe').count()).toBe(0);
  });

  test('tells what its customer does, and never what they type', async () => {
    const { form } = await shown();
    await form.locator('[name=card_number]').click();
    await form.locator('[name=card_number]').fill('4242424242424241');
    await form.locator('[name=postal_code]').fill('1');
    await form.locator('[name=remember]').check();
    await form.locator('[name=card_cvc]').press('Enter');
    await page.locator('#pay').focus();
    await expect.poll(() => seen('BLUR')).not.toEqual([]);
    for (const type of ['READY', 'FOCUS', 'RESIZE', 'SUBMIT']) expect(await seen(type), type).not.toEqual([]);
    const changes = (await seen('CHANGE')).map(({ event }) => event.payload);
    expect(changes).toContainEqual({
      field: 'card.number',
      empty: false,
      valid: false,
      error: 'MISTYPED',
      brand: 'VISA',
    });
    expect((await seen('REMEMBER_CARD')).map(({ event }) => event.payload)).toEqual([{ checked: true }]);
    for (const { event } of await told('monitor')) {
      expect(Object.keys(event)).toEqual(['type', 'payload', 'timestamp']);
      expect(event.timestamp).toBeGreaterThan(Date.UTC(2026, 0, 1));
    }
    const count = (await told('monitor')).length;
    const stopped = await page.evaluate(() => {
      let heard = 0;
      const stop = window.forms[0]?.monitor(() => {
        heard += 1;
      });
      stop?.();
      return heard;
    });
    await form.locator('[name=remember]').uncheck();
    await expect.poll(async () => (await told('monitor')).length).toBeGreaterThan(count);
    expect(stopped).toBe(0);
  });

  test('tells two minutes ahead that its time ends, and then closes without asking anybody', async () => {
    await context.clock.install();
    const { form } = await shown();
    await fillCard(form);
    await form.locator('[name=remember]').check();
    await context.clock.fastForward(28 * 60_000);
    await expect.poll(() => seen('SESSION_EXPIRING')).toHaveLength(1);
    expect(await form.locator('#live').textContent()).toBe('This form closes in two minutes.');
    await context.clock.fastForward(2 * 60_000);
    await form.getByText('This form is closed').waitFor();
    await expect.poll(() => seen('SESSION_EXPIRED')).toHaveLength(1);
    const before = posts();
    expect(await save()).toMatchObject({ code: 'SESSION_EXPIRED' });
    expect(posts() - before).toBe(0);
  });

  test('takes the eleven styles as values, ignores others with one warning, and lets no CSS in', async () => {
    const warnings: string[] = [];
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
    const intent = await toast.newIntent();
    await openShop();
    await show(optionsFor(intent), {
      backgroundColor: '#fffaf0',
      color: 'rgb(20, 20, 60)',
      fontFamily: 'Georgia, serif',
      fontSize: '18px',
      fontStyle: 'italic',
      fontWeight: 700,
      iconColor: '#884400',
      letterSpacing: '1px',
      lineHeight: '24px',
      padding: '10px 14px',
      textAlign: 'center',
      position: 'fixed',
      border: '1px solid red',
    });
    const field = frame().locator('[name=card_number]');
    const style = await field.evaluate((element) => {
      const { color, fontSize, fontStyle, fontWeight, letterSpacing, lineHeight, padding, textAlign, position } =
        getComputedStyle(element);
      const { backgroundColor, fontFamily } = getComputedStyle(document.documentElement);
      const on = { color, fontSize, fontStyle, fontWeight, letterSpacing, lineHeight, padding, textAlign, position };
      return { ...on, backgroundColor, fontFamily };
    });
    expect(style).toEqual({
      backgroundColor: 'rgb(255, 250, 240)',
      color: 'rgb(20, 20, 60)',
      fontFamily: 'Georgia, serif',
      fontSize: '18px',
      fontStyle: 'italic',
      fontWeight: '700',
      letterSpacing: '1px',
      lineHeight: '24px',
      padding: '10px 14px',
      textAlign: 'center',
      position: 'static',
    });
    expect(warnings).toEqual(['loader.js: these styles are not known, and ignored: position, border']);

    await show(optionsFor(intent), { color: 'red; background: url(https://evil.example/)', padding: 'calc(9px)' });
    await field.waitFor();
    expect(await frame().locator('html').getAttribute('style')).toBeNull();
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  });

  test('works by keyboard alone, forwards and backwards', async () => {
    const { intent, form } = await shown();
    await page.keyboard.press('Tab');
    // The frame is another process, so focus takes a moment to go over to it, and back.
    await form.locator('[name=card_number]:focus').waitFor();
    for (const text of ['4242424242424242', '1239', '123', '02118']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await form.locator('[name=remember]:focus').waitFor();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.locator('#pay:focus').waitFor();
    await page.keyboard.press('Shift+Tab');
    await form.locator('[name=remember]:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.locator('#pay:focus').waitFor();
    await page.keyboard.press('Enter');
    await form.getByText('Your card is saved').waitFor();
    expect((await savedCards(intent.customerId)).results).toBe(1);
  });

  for (const locale of ['en', 'ja'] as const) {
    test(`has no finding of axe in ${locale}, and at 320 px neither scrolls sideways nor moves when problems appear`, async () => {
      await context.close();
      // axe itself is a script, which the frame's policy rightly refuses.
      await open({ bypassCSP: true, viewport: { width: 320, height: 1_600 } });
      const customerId = await toast.newCustomer();
      const { form } = await shown({ ...CARD_ON_FILE, customerId }, { locale });
      await form.locator('[name=card_number]').waitFor();
      expect(await form.locator('html').getAttribute('lang')).toBe(locale);
      await expectNoFindings('empty');
      const height = () => form.locator('#form').evaluate((root) => root.getBoundingClientRect().height);
      const before = await height();
      await save();
      await form.locator('[name=card_number][aria-invalid=true]').waitFor();
      await expectNoFindings('with problems');
      expect(await height()).toBe(before);
      const sizes = await form.locator('html').evaluate((root) => ({
        beyond: root.scrollWidth - root.clientWidth,
        small: [
          ...root.querySelectorAll('input:not([type=checkbox]), label[for=remember], label[for=authorization]'),
        ].filter((each) => each.getBoundingClientRect().height < 43.9).length,
      }));
      expect(sizes).toEqual({ beyond: 0, small: 0 });
      if (process.env.ONFILE_SCREENSHOTS) {
        await page.screenshot({ path: `${process.env.ONFILE_SCREENSHOTS}/toast-${locale}-problems.png` });
      }
      await fillCard(form, '4000000000000002');
      await form.locator('[name=authorization]').check();
      await save();
      await form.locator('.notice').waitFor();
      await expectNoFindings('declined');
      expect(await height()).toBe(before);
      if (process.env.ONFILE_SCREENSHOTS) {
        await page.screenshot({ path: `${process.env.ONFILE_SCREENSHOTS}/toast-${locale}-declined.png` });
      }
    });
  }

  async function expectNoFindings(state: string): Promise<void> {
    const [, inner] = page.frames();
    await inner?.evaluate(axe.source);
    const result = await inner?.evaluate(() =>
      (window as unknown as { axe: typeof axe }).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      }),
    );
    const findings = result?.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect(findings, state).toEqual([]);
    expect(result?.passes.map(({ id }) => id)).toContain('color-contrast');
  }

  test('saves a card in the demo shop, whose page has a strict policy of its own', async () => {
    const { apiUrl, vaultUrl, secretKey, publicKey, merchantId, clients } = toast.onfile;
    const keys = { secretKey, publicKey, toast: { merchantId, ...clients } };
    const demo = await startDemo({ host: '127.0.0.1', port: 0, apiUrl, vaultUrl, ...keys });
    try {
      await page.goto(`${demo.url}/toast`);
      const form = page.frameLocator('#checkout iframe');
      await fillCard(form);
      await form.locator('[name=authorization]').check();
      await page.click('form button');
      await page.waitForURL(`${demo.url}/toast/saved?**`);
      expect(await page.textContent('main')).toContain('VISA ending in 4242');
    } finally {
      await demo.close();
    }
  });

  test('the frame has a policy of its own, is shown by registered and loopback pages alone, and not in any other merchant’s name', async () => {
    const { vaultUrl, merchantId, storage, clock } = toast.onfile;
    await storage.addMerchantOrigin(merchantId, 'https://shop.example', clock.now());
    const ask = async (query: string) => fetch(`${vaultUrl}/frame/checkout${query}`);
    const frame = await ask(`?key=${merchantId}`);
    expect(frame.status).toBe(200);
    expect(frame.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors https://shop.example http://localhost:* https://localhost:* " +
        "http://127.0.0.1:* https://127.0.0.1:*; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(Object.fromEntries(frame.headers)).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'cross-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    for (const query of ['', '?key=', '?key=x', `?key=${toast.onfile.publicKey}`]) {
      const refusal = await ask(query);
      expect([refusal.status, (await refusal.text()).includes('data-refused="unknown_key"')]).toEqual([404, true]);
    }
    await storage.removeMerchantOrigin(merchantId, 'https://shop.example');
  });
});

/** Runs in every page before its own scripts: remembers what comes in by windows and by ports. */
function recordMessages(): void {
  const heard: string[] = [];
  Object.assign(window, { heard });
  addEventListener('message', ({ data }) => heard.push(String(data)));
  const { onmessage } = Object.getOwnPropertyDescriptors(MessagePort.prototype);
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...onmessage,
    set(this: MessagePort, handler: (event: MessageEvent) => void) {
      onmessage.set?.call(this, (event: MessageEvent) => {
        heard.push(String(event.data));
        handler(event);
      });
    },
  });
}
