import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as payjp from '@payjp/payjpv2';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type DevProcess, freePorts, startDev } from '../dev-process.js';
import { type MerchantPages, startMerchantPages, strictPolicy } from '../merchant-pages.js';
import { answerBank, closePages } from './pages-under-test.js';

const executablePath = findChromium();
if (!executablePath) announceMissingChromium('PAY.JP’s published browser package against our own payments.js');

// The package's own types cannot be resolved by a project of ES modules: they import folders. These are its names.
interface PayjpPaymentsError {
  readonly type: string;
  readonly code: string;
  readonly message?: string;
  readonly validationErrors?: readonly { readonly field: string; readonly error_type: string }[];
}

interface PayjpForm {
  mount(target: string): void;
  unmount(): void;
  collapse(): void;
  on(event: string, handler: (payload?: object) => void): void;
}

interface PayjpWidgets {
  createForm(type: string, options?: object): PayjpForm;
  getForm(type: string, options?: object): PayjpForm | null;
  update(options: object): void;
  confirmSetup(params: ConfirmSetupParams): Promise<{ error: PayjpPaymentsError }>;
  confirmPayment(params: ConfirmSetupParams): Promise<{ error: PayjpPaymentsError }>;
}

interface ConfirmSetupParams {
  readonly return_url: string;
}

interface PayjpPayments {
  widgets(options: object): PayjpWidgets;
  retrieveSetupFlow(clientSecret: string): Promise<{ id: string; status: string }>;
  handleNextAction(options: { clientSecret: string }): Promise<void>;
}

/** What the tests keep in the merchant's page. */
interface Shop {
  loadPayments(key: string, options: { jsOrigin: string }): Promise<PayjpPayments>;
  readonly PayjpPayments?: unknown;
  readonly violations: string[];
  payments: PayjpPayments;
  widgets: PayjpWidgets[];
  /** Everything that the frames sent to the page. */
  heard: string[];
  ports: MessagePort[];
  told: unknown[];
  error: Promise<{ error: PayjpPaymentsError }>;
}
declare const window: Shop & typeof globalThis;

describe.skipIf(!executablePath)('PAY.JP’s published package, unmodified', () => {
  let folder: string;
  let dev: DevProcess;
  let shop: MerchantPages;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onfile-payments-js-'));
    [dev, shop] = await Promise.all([startDev({ dataDir: folder, port: await freePorts() }), startMerchantPages()]);
    const args = [...CHROMIUM_ARGS, '--host-resolver-rules=MAP shop.example 127.0.0.1'];
    browser = await chromium.launch({ executablePath: executablePath as string, args });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await dev?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    // High enough that nothing is scrolled: a click just after a scroll may land in a frame's former place. Narrow enough
    // that 3-D Secure takes the whole page; the window for it has its own tests.
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 590, height: 2_000 } });
    await context.addInitScript(recordMessages);
    page = await context.newPage();
  });
  afterEach((test) => closePages(context, test));

  function sdk() {
    const { apiUrl, merchant } = dev.description;
    return { client: payjp.createClient({ apiKey: merchant.secretKey, baseUrl: apiUrl }), throwOnError: true } as const;
  }

  async function aFlow() {
    const { data: customer } = await payjp.createCustomer({ ...sdk(), body: {} });
    const { data: flow } = await payjp.createSetupFlow({ ...sdk(), body: { customer_id: customer.id } });
    return { id: flow.id, secret: flow.client_secret, customerId: customer.id };
  }

  async function flow(id: string) {
    const { data } = await payjp.getSetupFlow({ ...sdk(), path: { setup_flow_id: id } });
    return data;
  }

  async function savedCards(customerId: string): Promise<string[]> {
    const { data } = await payjp.getCustomerPaymentMethods({ ...sdk(), path: { customer_id: customerId } });
    return data.data.map((method) => ('card' in method ? method.card.last4 : ''));
  }

  /** Opens the shop and loads the script as the package does; each secret gets widgets of its own. */
  async function openShop(secrets: readonly string[], { policy, key }: { policy?: string; key?: string } = {}) {
    const { vaultUrl, merchant } = dev.description;
    await page.goto(shop.pageWith(policy ?? strictPolicy(vaultUrl)));
    await load(key ?? merchant.publicKey, secrets);
  }

  async function load(key: string, secrets: readonly string[]): Promise<void> {
    await page.waitForFunction(() => window.loadPayments !== undefined);
    await page.evaluate(
      async ({ key, secrets, jsOrigin }) => {
        window.payments = await window.loadPayments(key, { jsOrigin });
        window.told = [];
        window.widgets = secrets.map((clientSecret) => window.payments.widgets({ clientSecret, locale: 'en' }));
      },
      { key, secrets, jsOrigin: dev.description.vaultUrl },
    );
  }

  /** Mounts a payment form of the widgets with that number; answers its frame. */
  async function mountForm(index = 0, options: object = {}): Promise<FrameLocator> {
    const target = index === 0 ? '#one' : '#two';
    await page.evaluate(
      ({ index, target, options }) => {
        const form = window.widgets[index]?.createForm('payment', options);
        for (const event of ['ready', 'focus', 'blur', 'change', 'loaderror']) {
          form?.on(event, (payload) => window.told.push({ index, event, ...payload }));
        }
        form?.mount(target);
      },
      { index, target, options },
    );
    return page.frameLocator(`${target} iframe`);
  }

  async function fillCard(form: FrameLocator, number: string): Promise<void> {
    await form.locator('[name=card_number]').fill(number);
    await form.locator('[name=card_expiry]').fill('12/34');
    await form.locator('[name=card_cvc]').fill('123');
    await form.locator('[name=card_name]').fill('TARO YAMADA');
    await form.locator('[name=email]').fill('taro@example.com');
  }

  /** Confirms without waiting: on success the page is left. */
  async function confirm(index = 0, params: Partial<ConfirmSetupParams> = {}): Promise<void> {
    await page.evaluate(
      ({ index, params }) => {
        window.error = window.widgets[index]?.confirmSetup(params as ConfirmSetupParams) as typeof window.error;
      },
      { index, params: { return_url: `${shop.origin}/done?order=1`, ...params } },
    );
  }

  async function errorOfConfirm(index = 0, params: Partial<ConfirmSetupParams> = {}): Promise<PayjpPaymentsError> {
    await confirm(index, params);
    return page.evaluate(async () => (await window.error).error);
  }

  async function answerChallenge(outcome: 'pass' | 'fail'): Promise<void> {
    await page.waitForURL(`${(dev.description as { simulatorUrl: string }).simulatorUrl}/**`);
    await answerBank(page, outcome);
  }

  const told = () => page.evaluate(() => window.told as { event: string; error?: PayjpPaymentsError }[]);

  test('saves a card with 3-D Secure under the strictest policy, and comes back with the flow’s id and secret', async () => {
    const { id, secret, customerId } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    await fillCard(form, '4242424242424242');
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    await confirm();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);

    const query = new URL(page.url()).searchParams;
    expect(Object.fromEntries(query)).toEqual({ order: '1', setup_flow_id: id, setup_flow_client_secret: secret });
    expect((await flow(id)).status).toBe('succeeded');
    expect(await savedCards(customerId)).toEqual(['4242']);
  });

  test('tells its events in the shapes of its types, and reads the flow', async () => {
    const { id, secret } = await aFlow();
    await openShop([secret]);
    const form = await mountForm(0, { layout: 'tab' });
    await form.locator('[name=card_number]').click();
    await fillCard(form, '4242424242424242');
    const change = { elementType: 'payment', empty: false };
    const seen = await told();
    expect(seen[0]).toEqual({ index: 0, event: 'ready' });
    expect(seen).toContainEqual({ index: 0, event: 'focus' });
    expect(seen).toContainEqual({ index: 0, event: 'change', ...change, complete: false, value: { type: 'card' } });
    expect(seen.filter(({ event }) => event === 'change').at(-1)).toEqual({
      index: 0,
      event: 'change',
      ...change,
      complete: true,
      value: { type: 'card' },
    });

    await page.evaluate(() => window.widgets[0]?.getForm('payment')?.collapse());
    await form.locator('[name=card_number]').waitFor({ state: 'hidden' });
    const changes = (await told()).filter(({ event }) => event === 'change');
    expect(changes.at(-1)).toMatchObject({ complete: false, value: { type: null } });
    const read = await page.evaluate((clientSecret) => window.payments.retrieveSetupFlow(clientSecret), secret);
    expect(read).toMatchObject({ object: 'setup_flow', id, status: 'requires_payment_method' });
  });

  test('goes on after a decline, which the form keeps all entries but the code for', async () => {
    const { secret, customerId } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    await fillCard(form, '4000000000000002');
    const error = await errorOfConfirm();
    expect(error).toEqual({ type: 'payment_error', code: 'card_declined', message: expect.any(String) });
    await form.getByText('Your card was not saved').waitFor();
    expect(await form.locator('[name=card_cvc]').inputValue()).toBe('');
    expect(await form.locator('[name=card_expiry]').inputValue()).toBe('12 / 34');

    await form.locator('[name=card_number]').fill('5555555555554444');
    await form.locator('[name=card_cvc]').fill('123');
    await confirm();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await savedCards(customerId)).toEqual(['4444']);
  });

  test('comes back from 3-D Secure that failed, shows why, and takes another card', async () => {
    const { id, secret, customerId } = await aFlow();
    await openShop([secret]);
    await fillCard(await mountForm(), '4242424242424242');
    await confirm();
    await answerChallenge('fail');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect((await flow(id)).last_setup_error).toMatchObject({ code: 'three_d_secure_failed' });

    await openShop([secret]);
    const form = await mountForm();
    await form.getByText('could not confirm that it was you').waitFor();
    await fillCard(form, '4012888888881881');
    await confirm();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await savedCards(customerId)).toEqual(['1881']);
  });

  test('goes on with 3-D Secure after the back button, without a card typed twice', async () => {
    const { id, secret } = await aFlow();
    await openShop([secret]);
    await fillCard(await mountForm(), '4242424242424242');
    await confirm();
    await page.waitForURL(`${(dev.description as { simulatorUrl: string }).simulatorUrl}/**`);
    await page.goBack();
    await page.reload();
    await load(dev.description.merchant.publicKey, [secret]);
    const form = await mountForm();
    await form.getByText('One step is left').waitFor();
    expect(await form.locator('[name=card_number]').count()).toBe(0);
    await page.evaluate((clientSecret) => void window.payments.handleNextAction({ clientSecret }), secret);
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect((await flow(id)).status).toBe('succeeded');

    await openShop([secret]);
    await (await mountForm()).getByText('Your card is saved').waitFor();
    await confirm();
    await page.waitForURL(`${shop.origin}/done?**`);
  });

  test('makes one attempt of a double click', async () => {
    const { secret, customerId } = await aFlow();
    await openShop([secret]);
    await fillCard(await mountForm(), '4242424242424242');
    await page.evaluate((return_url) => {
      void window.widgets[0]?.confirmSetup({ return_url });
      void window.widgets[0]?.confirmSetup({ return_url });
    }, `${shop.origin}/done`);
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await savedCards(customerId)).toEqual(['4242']);
  });

  test('shows what is wrong with the entries, and leads to the first', async () => {
    const { secret } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    await form.locator('[name=card_number]').fill('4242424242424241');
    await form.locator('[name=card_name]').fill('山田太郎');
    const error = await errorOfConfirm();
    expect(error).toMatchObject({ type: 'validation_error', code: 'validation_error' });
    expect(error.validationErrors?.map(({ field, error_type }) => [field.split('.').at(-1), error_type])).toEqual([
      ['number', 'mistyped'],
      ['exp_month', 'required'],
      ['cvc', 'required'],
      ['name', 'not_latin'],
      ['email', 'required'],
    ]);
    await form.locator('[name=card_number]:focus').waitFor();
    expect(await form.locator('#card_number-below').textContent()).toContain('has a mistake in it');
    expect(await form.locator('[aria-invalid=true]').count()).toBe(5);
  });

  test('is told what to mend where the call is wrong', async () => {
    const { secret } = await aFlow();
    await openShop([secret, 'pfws_1']);
    expect(await errorOfConfirm()).toMatchObject({ type: 'sdk_error', code: 'form_not_found' });
    await mountForm();
    expect(await errorOfConfirm(0, { return_url: 'done' })).toMatchObject({
      validationErrors: [{ field: 'return_url' }],
    });
    expect(await errorOfConfirm(1)).toMatchObject({ type: 'sdk_error', code: 'session_not_loaded' });
    const payment = await page.evaluate(
      async (return_url) => (await window.widgets[0]?.confirmPayment({ return_url }))?.error,
      shop.origin,
    );
    expect(payment).toMatchObject({ type: 'sdk_error', message: expect.stringContaining('takes no payments') });
  });

  test('keeps two forms on one page apart', async () => {
    const [one, two] = [await aFlow(), await aFlow()];
    await openShop([one.secret, two.secret]);
    const first = await mountForm(0);
    const second = await mountForm(1);
    await fillCard(first, '5555555555554444');
    await second.locator('[name=card_number]').fill('4242424242424241');
    expect(await errorOfConfirm(1)).toMatchObject({ type: 'validation_error' });
    expect(await first.locator('[aria-invalid=true]').count()).toBe(0);

    await fillCard(second, '4242424242424242');
    await confirm(1);
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect([(await flow(one.id)).status, (await flow(two.id)).status]).toEqual([
      'requires_payment_method',
      'succeeded',
    ]);
    expect([await savedCards(one.customerId), await savedCards(two.customerId)]).toEqual([[], ['4242']]);
  });

  test('may be loaded twice, and leaves one global', async () => {
    const { secret } = await aFlow();
    await page.goto(shop.pageWith(strictPolicy(dev.description.vaultUrl)));
    await page.waitForFunction(() => window.loadPayments !== undefined);
    const before = await page.evaluate(() => Object.keys(window));
    await load(dev.description.merchant.publicKey, [secret]);
    const first = await page.evaluateHandle(() => window.PayjpPayments);
    await load(dev.description.merchant.publicKey, [secret]);
    expect(await page.evaluate((known) => known === window.PayjpPayments, first)).toBe(true);
    const after = await page.evaluate(() => Object.keys(window));
    const ownToTheTest = ['payments', 'widgets', 'told'];
    expect(after.filter((name) => !before.includes(name) && !ownToTheTest.includes(name))).toEqual(['PayjpPayments']);
  });

  test('hears of a key and a secret that are not good, in words that say what to do', async () => {
    const { secret } = await aFlow();
    const { publicKey } = dev.description.merchant;
    await openShop([secret], { key: `${publicKey.slice(0, -1)}${publicKey.endsWith('A') ? 'B' : 'A'}` });
    await mountForm();
    expect(await errorOfConfirm()).toMatchObject({ type: 'api_error', code: 'unauthorized' });
    const [event] = (await told()).filter((each) => each.event === 'loaderror');
    expect(event?.error).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('public key') });

    await openShop([`${secret.slice(0, -3)}xyz`]);
    const form = await mountForm();
    await form.getByText('The form cannot be shown').waitFor();
    expect(await errorOfConfirm()).toMatchObject({ type: 'api_error', code: 'not_found' });
    const refused = await page.evaluate(
      (wrong) => window.payments.retrieveSetupFlow(wrong).catch((error: unknown) => error),
      `${secret.slice(0, -3)}xyz`,
    );
    expect(refused).toMatchObject({ type: 'api_error', code: 'not_found' });
  });

  test('finds out that the frame is blocked, and names the likely causes', async () => {
    const { secret } = await aFlow();
    const { vaultUrl } = dev.description;
    const lines: string[] = [];
    page.on('console', (line) => lines.push(line.text()));
    await page.clock.install();
    await openShop([secret], { policy: `default-src 'none'; script-src 'self' ${vaultUrl}` });
    await mountForm();
    await page.clock.fastForward(5_000);
    expect((await told()).map(({ event }) => event)).toEqual([]);
    await page.clock.fastForward(5_000);
    const [event] = await told();
    expect(event).toMatchObject({ event: 'loaderror', error: { type: 'sdk_error', code: 'session_not_loaded' } });
    expect(lines.filter((line) => line.startsWith('payments.js:'))).toEqual([
      expect.stringMatching(/registered.*frame-src/s),
    ]);
    expect(await errorOfConfirm()).toMatchObject({ type: 'sdk_error', code: 'session_not_loaded' });
  });

  test('shows no form in a page of an origin that the merchant did not register', async () => {
    const { secret } = await aFlow();
    const { vaultUrl, merchant } = dev.description;
    await page.goto(shop.pageWith(strictPolicy(vaultUrl)).replace('127.0.0.1', 'shop.example'));
    const refused = page.waitForEvent('console', (line) => line.text().includes('frame-ancestors'));
    await load(merchant.publicKey, [secret]);
    await mountForm();
    await refused;
    expect(await told()).toEqual([]);
  });

  test('never gets a run of five digits that was typed', async () => {
    const { secret } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    const typed = [
      '4242424242424242',
      '5555555555554444',
      '378282246310005',
      '９８７６５４３２１０',
      '12345',
      '0601234567890',
    ];
    for (const text of typed) {
      for (const name of ['card_number', 'card_expiry', 'card_cvc', 'card_name', 'email', 'phone']) {
        await form.locator(`[name=${name}]`).fill(text);
      }
      await errorOfConfirm();
    }
    await fillCard(form, '4000000000000002');
    await errorOfConfirm();
    const heard = (await page.evaluate(() => window.heard)).join('\n').normalize('NFKC');
    expect(heard).toContain('"type":"reply"');
    const runs = typed
      .map((text) => text.normalize('NFKC'))
      .flatMap((text) => Array.from({ length: text.length - 4 }, (_, at) => text.slice(at, at + 5)));
    expect(runs.filter((run) => heard.includes(run))).toEqual([]);
  });

  test('drops and counts what is forged, foreign, too large, replayed or unknown', async () => {
    const { secret } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    await form.locator('[name=card_number]').waitFor();
    const inFrame = () => form.locator('html').getAttribute('data-dropped');
    const inPage = () => page.getAttribute('#one iframe', 'data-dropped');
    expect([await inFrame(), await inPage()]).toEqual([null, null]);

    // To the frame: by its port, since it no longer listens to windows at all.
    await page.evaluate(() => {
      const frame = document.querySelector('iframe') as HTMLIFrameElement;
      const { id } = JSON.parse(window.heard.find((text) => text.includes('hello')) as string);
      frame.contentWindow?.postMessage(JSON.stringify({ type: 'init', id }), '*', [new MessageChannel().port2]);
      const [port] = window.ports;
      for (const message of [
        'no JSON',
        JSON.stringify({ type: 'shell', command: 'ls' }),
        JSON.stringify({ type: 'collapse', filler: 'x'.repeat(16_384) }),
        JSON.stringify({ type: 'ask', number: -1, ask: { kind: 'refresh' } }),
        { type: 'collapse' },
      ]) {
        port?.postMessage(message);
      }
    });
    await form.locator('html[data-dropped="5"]').waitFor();

    // To the page: a greeting with the right id from the wrong window, and replies that nobody waits for.
    await page.evaluate(() => {
      const hello = window.heard.find((text) => text.includes('hello')) as string;
      window.postMessage(hello, '*');
    });
    await page.locator('#one iframe[data-dropped="1"]').waitFor();
    const [, handler] = [0, await page.evaluateHandle(() => window.ports[0]?.onmessage)];
    await page.evaluate((hear) => {
      for (const number of [1, 1]) {
        const data = JSON.stringify({ type: 'reply', number, outcome: { kind: 'go', url: 'https://evil.example/' } });
        (hear as (event: MessageEvent) => void)(new MessageEvent('message', { data }));
      }
    }, handler);
    expect(await inPage()).toBe('3');
    expect(page.url()).toContain(shop.origin);
    expect(await form.locator('[name=card_number]').isVisible()).toBe(true);
  });

  test('gives the merchant the address, and the payment method the merchant’s billing address', async () => {
    const { id, secret } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    await page.evaluate(() => {
      const address = window.widgets[0]?.createForm('address', { mode: 'billing' });
      address?.on('change', (payload) => window.told.push({ event: 'address', ...payload }));
      address?.mount('#two');
      window.widgets[0]?.update({ locale: 'ja' });
    });
    const address = page.frameLocator('#two iframe');
    await fillCard(form, '4242424242424242');
    expect(await errorOfConfirm()).toMatchObject({ type: 'validation_error' });
    await address.locator('[name=name]').fill('山田 太郎');
    await address.locator('[name=zip]').fill('１０００００１');
    // Japan's postal codes fill in what they tell.
    await expect.poll(() => address.locator('[name=state]').inputValue()).toBe('東京都');
    await expect.poll(() => address.locator('[name=city]').inputValue()).toBe('千代田区');
    await address.locator('[name=line1]').fill('千代田1-1');
    await address.locator('[name=line2]').focus();
    const latest = (await told()).filter(({ event }) => event === 'address').at(-1);
    expect(latest).toEqual({
      event: 'address',
      elementType: 'address',
      elementMode: 'billing',
      empty: false,
      complete: true,
      value: {
        name: '山田 太郎',
        phone: '',
        address: { country: 'JP', zip: '100-0001', state: '東京都', city: '千代田区', line1: '千代田1-1', line2: '' },
      },
    });
    await confirm();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    const { payment_method_id: methodId } = await flow(id);
    const { data: method } = await payjp.getPaymentMethod({
      ...sdk(),
      path: { payment_method_id: methodId as string },
    });
    expect(method.billing_details).toMatchObject({
      name: 'TARO YAMADA',
      email: 'taro@example.com',
      address: { country: 'JP', zip: '100-0001', state: '東京都', city: '千代田区', line1: '千代田1-1' },
    });
  });

  test('changes language and looks while it is mounted, and keeps what was entered', async () => {
    const { secret } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    await fillCard(form, '4242424242424242');
    await page.evaluate(() => {
      const variables = {
        colorPrimary: '#ff0000',
        colorText: 'red; background: url(https://evil.example/)',
        fontSizeBase: '18px',
      };
      window.widgets[0]?.update({ locale: 'ja', appearance: { theme: 'dark', variables } });
    });
    await form.getByText('カード番号', { exact: true }).waitFor();
    expect(await form.locator('[name=card_number]').inputValue()).toBe('4242 4242 4242 4242');
    const root = await form.locator('html').evaluate((element) => ({
      language: element.getAttribute('lang'),
      scheme: getComputedStyle(element).colorScheme,
      style: element.getAttribute('style'),
    }));
    expect(root).toEqual({ language: 'ja', scheme: 'dark', style: '--accent: #ff0000; --base: 18px;' });
    expect(await page.evaluate(() => document.querySelector('iframe')?.style.colorScheme)).toBe('dark');
  });

  test('is gone without a trace once it is unmounted, and can be mounted again', async () => {
    const { secret } = await aFlow();
    await openShop([secret]);
    await (await mountForm()).locator('[name=card_number]').waitFor();
    await page.evaluate(() => window.widgets[0]?.getForm('payment')?.unmount());
    expect(await page.locator('iframe').count()).toBe(0);
    expect(await errorOfConfirm()).toMatchObject({ type: 'sdk_error', code: 'form_not_found' });
    const again = await mountForm(0);
    await again.locator('[name=card_number]').waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const locale of ['ja', 'en'] as const) {
      test(`has no finding of axe in ${locale}, ${colorScheme}, empty, with problems and after a decline`, {
        timeout: 60_000,
      }, async () => {
        // axe itself is a script, which the frame's policy rightly refuses.
        const free = await browser.newContext({ bypassCSP: true, viewport: { width: 800, height: 1_600 } });
        page = await free.newPage();
        await page.addInitScript(recordMessages);
        const { secret } = await aFlow();
        await openShop([secret]);
        const look = { locale, appearance: { theme: colorScheme === 'dark' ? 'dark' : 'payjp' } };
        await page.evaluate((options) => window.widgets[0]?.update(options), look);
        await page.evaluate(
          (dark) => document.body.style.setProperty('background', dark ? '#181c24' : '#fff'),
          colorScheme === 'dark',
        );
        const form = await mountForm(0, { layout: locale === 'ja' ? 'tab' : 'accordion' });
        await form.locator('[name=card_number]').waitFor();
        await page.evaluate(() => window.widgets[0]?.createForm('address', { mode: 'shipping' }).mount('#two'));
        await page.frameLocator('#two iframe').locator('[name=zip]').waitFor();
        await expectNoFindings('empty');
        await errorOfConfirm();
        await expectNoFindings('with problems');
        await page.evaluate(() => window.widgets[0]?.getForm('address', { mode: 'shipping' })?.unmount());
        await fillCard(form, '4000000000000002');
        await confirm();
        await form.locator('.notice').waitFor();
        await expectNoFindings('declined');
        await free.close();
      });
    }
  }

  async function expectNoFindings(state: string): Promise<void> {
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

  test('needs no sideways scrolling at 320 px, and its targets are 44 px high', async () => {
    await page.setViewportSize({ width: 320, height: 1_400 });
    const { secret } = await aFlow();
    await openShop([secret]);
    for (const locale of ['ja', 'en']) {
      await page.evaluate((options) => window.widgets[0]?.update(options), { locale });
      const form = await mountForm();
      await form.locator('[name=card_number]').waitFor();
      await errorOfConfirm();
      const sizes = await form.locator('html').evaluate((root) => ({
        beyond: root.scrollWidth - root.clientWidth,
        small: [...root.querySelectorAll('input, button')].filter((each) => each.getBoundingClientRect().height < 44)
          .length,
      }));
      expect(sizes).toEqual({ beyond: 0, small: 0 });
    }
  });

  test('works by keyboard alone, forwards and backwards', async () => {
    const { secret, customerId } = await aFlow();
    await openShop([secret]);
    const form = await mountForm();
    await form.locator('[name=card_number]').waitFor();
    await page.keyboard.press('Tab');
    // The frame is another process, so focus takes a moment to go over to it, and back.
    await form.locator(':focus').waitFor();
    for (const text of ['', '4242424242424242', '1234', '123', 'taro yamada', 'taro@example.com', '']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await page.locator('#pay:focus').waitFor();
    await page.keyboard.press('Shift+Tab');
    await form.locator('[name=phone]:focus').waitFor();
    await confirm();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await savedCards(customerId)).toEqual(['4242']);
  });

  test('saves a card in the demo shop, whose page has a strict policy of its own', async () => {
    await page.goto(`${dev.description.demoUrl}/payjp-widgets`);
    await fillCard(page.frameLocator('#card iframe'), '4242424242424242');
    await page.click('form button');
    await answerChallenge('pass');
    await page.waitForURL(`${dev.description.demoUrl}/payjp-widgets/saved?**`);
    expect(await page.textContent('main')).toContain('Visa ending in 4242');
  });
});

/** Runs in every page before its own scripts: remembers what comes in by windows and by ports. */
function recordMessages(): void {
  const heard: string[] = [];
  const ports: MessagePort[] = [];
  Object.assign(window, { heard, ports });
  addEventListener('message', ({ data }) => heard.push(String(data)));
  const { onmessage } = Object.getOwnPropertyDescriptors(MessagePort.prototype);
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...onmessage,
    set(this: MessagePort, handler: (event: MessageEvent) => void) {
      ports.push(this);
      onmessage.set?.call(this, (event: MessageEvent) => {
        heard.push(String(event.data));
        handler(event);
      });
    },
  });
}
