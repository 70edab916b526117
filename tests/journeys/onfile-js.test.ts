import type { Onfile, OnfileCardFormElement, OnfileError, SaveOptions, SaveResult } from '@onfile/js';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type OnfileJsPages, policyFor, startOnfileJsPages } from '../onfile-js-pages.js';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { answerBank, closePages } from './pages-under-test.js';

const executablePath = findChromium();
if (!executablePath) announceMissingChromium('our own SDK in a merchant’s page');

/** What the tests keep in the merchant's page. */
interface Shop {
  readonly onfileJs: typeof import('@onfile/js');
  readonly violations: string[];
  readonly listening: { readonly type: string }[];
  plain<T>(value: T): T;
  Onfile?: unknown;
  onfile: Onfile;
  forms: ReturnType<Onfile['createCardForm']>[];
  told: { readonly index: number; readonly event: string; readonly detail: unknown }[];
  results: Promise<SaveResult>[];
}
declare const window: Shop & typeof globalThis;

describe.skipIf(!executablePath)('our own SDK', () => {
  let onfile: RunningOnfile;
  let shop: OnfileJsPages;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    onfile = await startOnfile();
    shop = await startOnfileJsPages(onfile.vaultUrl);
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await onfile?.stop();
  });
  beforeEach(() => openContext());
  afterEach((test) => closePages(context, test));

  async function openContext(options: { bypassCSP?: boolean; width?: number } = {}): Promise<void> {
    await context?.close();
    const { bypassCSP = false, width = 1_000 } = options;
    context = await browser.newContext({ locale: 'en-US', bypassCSP, viewport: { width, height: 1_600 } });
    page = await context.newPage();
  }

  async function ask(method: string, path: string, body?: object) {
    const response = await fetch(onfile.apiUrl + path, {
      method,
      headers: { authorization: `Bearer ${onfile.secretKey}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.ok, `${method} ${path}`).toBe(true);
    return (await response.json()) as { id: string; client_secret: string; status: string; data: { id: string }[] };
  }

  async function aSetup(usage: 'on_session' | 'off_session' = 'off_session') {
    const { id: customerId } = await ask('POST', '/v2/customers', {});
    const flow = await ask('POST', '/v2/setup_flows', { customer_id: customerId, usage });
    return { id: flow.id, secret: flow.client_secret, customerId };
  }

  async function savedCards(customerId: string): Promise<number> {
    return (await ask('GET', `/v2/customers/${customerId}/payment_methods`)).data.length;
  }

  /** Opens the shop, with a form for each secret. */
  async function openShop(
    secrets: readonly string[],
    { policy, key = onfile.publicKey, options = {} }: { policy?: string; key?: string; options?: object } = {},
  ): Promise<void> {
    await page.goto(shop.module(policy));
    await page.waitForFunction(() => window.onfileJs !== undefined);
    await page.evaluate(
      async ({ vaultUrl, publicKey, secrets, options }) => {
        window.told = [];
        window.results = [];
        window.onfile = await window.onfileJs.loadOnfile({ vaultUrl, publicKey });
        window.forms = secrets.map((clientSecret) => window.onfile.createCardForm({ clientSecret, ...options }));
      },
      { vaultUrl: onfile.vaultUrl, publicKey: key, secrets, options },
    );
  }

  async function mount(index = 0): Promise<FrameLocator> {
    const target = index === 0 ? '#one' : '#two';
    await page.evaluate(
      ({ index, target }) => {
        for (const event of ['ready', 'change', 'focus', 'blur', 'loaderror'] as const) {
          window.forms[index]?.on(event, (detail: unknown) => window.told.push({ index, event, detail }));
        }
        window.forms[index]?.mount(target);
      },
      { index, target },
    );
    return page.frameLocator(`${target} iframe`);
  }

  async function fillCard(form: FrameLocator, number = '4242424242424242'): Promise<void> {
    await form.locator('[name=card_number]').fill(number);
    await form.locator('[name=card_expiry]').fill('12/34');
    await form.locator('[name=card_cvc]').fill('123');
    await form.locator('[name=card_name]').fill('TARO YAMADA');
    await form.locator('[name=email]').fill('taro@example.com');
  }

  /** Saves without waiting: the bank may ask first. */
  async function startSaving(index = 0, options: SaveOptions = {}): Promise<void> {
    await page.evaluate(
      ({ index, options }) => {
        window.results[index] = window.forms[index]?.save(options) as Promise<SaveResult>;
      },
      { index, options },
    );
  }

  const resultOf = (index = 0) =>
    page.evaluate(async (at) => window.plain((await window.results[at]) as SaveResult), index);

  async function save(index = 0, options: SaveOptions = {}) {
    await startSaving(index, options);
    return resultOf(index);
  }

  const bank = () => page.frameLocator('dialog iframe').frameLocator('iframe');
  const resume = (secret: string) =>
    page.evaluate(async (clientSecret) => window.plain(await window.onfile.resume(clientSecret)), secret);
  /** What the SDK listens to in the page, of all that is listened to there. */
  const listenedFor = () =>
    page.evaluate(() => window.listening.map(({ type }) => type).filter((type) => /^(message|pageshow)$/.test(type)));
  const told = (name: string) =>
    page.evaluate(
      (wanted) => window.plain(window.told.filter(({ event }) => event === wanted).map(({ detail }) => detail)),
      name,
    );

  test('saves a card without leaving the page, and has the policy refuse nothing', async () => {
    const { id, secret, customerId } = await aSetup('on_session');
    await openShop([secret]);
    const form = await mount();
    await fillCard(form);
    expect(await save()).toEqual({
      status: 'succeeded',
      setupIntent: {
        id,
        status: 'succeeded',
        paymentMethodId: expect.stringMatching(/^pm_/),
        customerId,
        isLiveMode: false,
      },
    });
    expect(await savedCards(customerId)).toBe(1);
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    expect(page.url()).toBe(shop.module());
    await form.getByText('Your card is saved').waitFor();
    expect(await told('ready')).toEqual([null]);
    expect((await told('change')).at(-1)).toEqual({ isEmpty: false, isComplete: true });
  });

  test('asks the bank’s question over the page, and makes one attempt of a double click', async () => {
    const { secret, customerId } = await aSetup();
    await openShop([secret]);
    await fillCard(await mount());
    const isOne = await page.evaluate(() => {
      const [first, second] = [window.forms[0]?.save(), window.forms[0]?.save()];
      window.results[0] = first as Promise<SaveResult>;
      return first === second;
    });
    expect(isOne).toBe(true);
    await answerBank(bank(), 'pass');
    expect(await resultOf()).toMatchObject({ status: 'succeeded' });
    expect(await page.locator('dialog').count()).toBe(0);
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    expect(await savedCards(customerId)).toBe(1);
  });

  test('tells a decline and a failed question, and saves another card after them', async () => {
    const { secret, customerId } = await aSetup();
    await openShop([secret]);
    const form = await mount();
    await fillCard(form, '4000000000000002');
    expect(await save()).toMatchObject({ status: 'failed', error: { code: 'card_declined', isShown: true } });
    await form.getByText('Your card was not saved').waitFor();

    await fillCard(form, '5555555555554444');
    await startSaving();
    await answerBank(bank(), 'fail');
    expect(await resultOf()).toMatchObject({ status: 'failed', error: { code: 'authentication_failed' } });

    await form.locator('[name=card_cvc]').fill('123');
    await startSaving();
    await answerBank(bank(), 'pass');
    expect(await resultOf()).toMatchObject({ status: 'succeeded' });
    expect(await savedCards(customerId)).toBe(1);
  });

  test('goes on when the cardholder stops the bank’s question', async () => {
    const { secret } = await aSetup();
    await openShop([secret]);
    await fillCard(await mount());
    await startSaving();
    await bank().locator('button[value=pass]').waitFor();
    const ours = page.frameLocator('dialog iframe');
    await ours.getByRole('button', { name: 'Close' }).click();
    await ours.locator('dialog button').last().click();
    expect(await resultOf()).toMatchObject({ status: 'canceled', setupIntent: { status: 'requires_payment_method' } });
  });

  test('names each wrong entry', async () => {
    const { secret } = await aSetup();
    await openShop([secret]);
    const form = await mount();
    await form.locator('[name=card_number]').fill('4242424242424241');
    const { status, error } = await save();
    expect([status, error?.code, error?.isShown]).toEqual(['failed', 'invalid_entries', true]);
    expect(error?.fields.map(({ field, problem }) => [field, problem])).toEqual([
      ['number', 'mistyped'],
      ['expiry', 'required'],
      ['cvc', 'required'],
      ['name', 'required'],
      ['email', 'required'],
    ]);
  });

  test('takes from the page what the form is told not to ask for', async () => {
    const { secret } = await aSetup('on_session');
    await openShop([secret], { options: { fields: { name: false, email: false, phone: false }, locale: 'ja' } });
    const form = await mount();
    await form.getByText('カード番号', { exact: true }).waitFor();
    expect(await form.locator('input').count()).toBe(3);
    await form.locator('[name=card_number]').fill('4242424242424242');
    await form.locator('[name=card_expiry]').fill('12/34');
    await form.locator('[name=card_cvc]').fill('123');
    const billingDetails = { name: 'TARO YAMADA', email: 'taro@example.com', address: { country: 'JP' } };
    const result = await save(0, { billingDetails });
    expect(result).toMatchObject({ status: 'succeeded' });
    const method = await ask('GET', `/v2/payment_methods/${result.setupIntent?.paymentMethodId}`);
    expect(method).toMatchObject({ billing_details: billingDetails });
  });

  test('leaves a narrow page for the bank’s question, and is told on return what came of it', async () => {
    await openContext({ width: 390 });
    const { id, secret } = await aSetup();
    await openShop([secret]);
    await fillCard(await mount());
    await startSaving();
    await page.waitForURL(`${onfile.simulatorUrl}/**`);
    await answerBank(page, 'pass');
    await page.waitForURL(`${shop.module()}?**`);

    await openShop([secret]);
    const resumed = await resume(secret);
    expect(resumed).toMatchObject({ status: 'succeeded', setupIntent: { id } });
  });

  test('goes on, after a reload, with the bank’s question that was left', async () => {
    const { secret } = await aSetup();
    await openShop([secret]);
    const before = await resume(secret);
    expect(before).toMatchObject({ status: 'unfinished', setupIntent: { status: 'requires_payment_method' } });
    await fillCard(await mount());
    await startSaving();
    await bank().locator('button[value=pass]').waitFor();
    await page.reload();

    await openShop([secret]);
    const after = await resume(secret);
    expect(after).toMatchObject({ status: 'unfinished', setupIntent: { status: 'requires_action' } });
    const form = await mount();
    await form.getByText('One step is left').waitFor();
    await startSaving();
    await answerBank(bank(), 'pass');
    expect(await resultOf()).toMatchObject({ status: 'succeeded' });
  });

  test('keeps two forms on one page apart', async () => {
    const [one, two] = [await aSetup(), await aSetup('on_session')];
    await openShop([one.secret, two.secret]);
    const [first, second] = [await mount(0), await mount(1)];
    await fillCard(first, '4242424242424241');
    await fillCard(second);
    expect(await save(0)).toMatchObject({ error: { code: 'invalid_entries' } });
    expect(await second.locator('[aria-invalid=true]').count()).toBe(0);
    expect(await save(1)).toMatchObject({ status: 'succeeded' });
    expect([await savedCards(one.customerId), await savedCards(two.customerId)]).toEqual([0, 1]);
  });

  test('can be unmounted in the middle of anything, and leaves nothing in the page', async () => {
    const { secret } = await aSetup('on_session');
    await openShop([secret]);
    // Before its frame has answered, while it saves, and when it does nothing.
    await mount();
    expect(await listenedFor()).toEqual(['message']);
    await page.evaluate(() => window.forms[0]?.unmount());
    await fillCard(await mount());
    const result = await page.evaluate(() => {
      const saving = window.forms[0]?.save();
      window.forms[0]?.unmount();
      return saving;
    });
    expect(result).toMatchObject({ status: 'failed' });
    expect(await save()).toMatchObject({ status: 'failed', error: { name: 'OnfileError', code: 'form_not_mounted' } });
    await (await mount()).locator('input, .notice').first().waitFor();
    await page.evaluate(() => window.forms[0]?.unmount());
    await page.evaluate(() => window.forms[0]?.unmount());
    expect(await page.locator('iframe').count()).toBe(0);
    expect(await listenedFor()).toEqual([]);
  });

  test('changes its language and looks while it is mounted, and keeps what was entered', async () => {
    const { secret } = await aSetup();
    await openShop([secret]);
    const form = await mount();
    await fillCard(form);
    await page.evaluate(() => {
      const appearance = { theme: 'dark', variables: { colorPrimary: '#ff0000' } } as const;
      window.forms[0]?.update({ locale: 'ja', appearance });
    });
    await form.getByText('カード番号', { exact: true }).waitFor();
    expect(await form.locator('[name=card_number]').inputValue()).toBe('4242 4242 4242 4242');
    expect(await form.locator('html').evaluate((root) => getComputedStyle(root).colorScheme)).toBe('dark');
  });

  test('loads one script however often it is asked, and does nothing when it is only imported', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith(onfile.vaultUrl)) scripts.push(new URL(request.url()).pathname);
    });
    await page.goto(shop.module());
    await page.waitForFunction(() => window.onfileJs !== undefined);
    expect([scripts, await page.evaluate(() => window.Onfile)]).toEqual([[], undefined]);
    const before = await page.evaluate(() => Object.keys(window));
    await page.evaluate(
      async (options) => {
        await Promise.all([window.onfileJs.loadOnfile(options), window.onfileJs.loadOnfile(options)]);
        await window.onfileJs.loadOnfile(options);
      },
      { vaultUrl: onfile.vaultUrl, publicKey: onfile.publicKey },
    );
    expect(scripts).toEqual([expect.stringMatching(/^\/sdk\/[\w.-]+\/onfile\.js$/)]);
    const after = await page.evaluate(() => Object.keys(window));
    expect(after.filter((name) => !before.includes(name))).toEqual(['Onfile']);
    expect(await page.locator('script[src*="/sdk/"]').count()).toBe(0);
  });

  describe('says what to do when', () => {
    // biome-ignore format: a table
    const wrongOptions = [
      // what                          options                                             code               says
      ['the key is a secret one',      { publicKey: 'sk_test_1' },                         'invalid_options', 'never be in a page'],
      ['the address is no address',    { vaultUrl: 'vault' },                              'invalid_options', 'vaultUrl'],
      ['the address is not safe',      { vaultUrl: 'http://vault.example' },               'invalid_options', 'https'],
      ['the vault cannot be reached',  { vaultUrl: 'https://127.0.0.1:9' },                'script_not_loaded', 'script-src https://127.0.0.1:9'],
    ] as const;
    for (const [what, options, code, text] of wrongOptions) {
      test(what, async () => {
        await page.goto(shop.module(`${policyFor(onfile.vaultUrl)}; script-src 'self' ${onfile.vaultUrl} https:`));
        await page.waitForFunction(() => window.onfileJs !== undefined);
        const given = { vaultUrl: onfile.vaultUrl, publicKey: onfile.publicKey, ...options };
        const error = await page.evaluate(errorOfLoading, given);
        expect(error).toMatchObject({ name: 'OnfileError', code, message: expect.stringContaining(text) });
      });
    }

    // biome-ignore format: a table
    const policies = [
      ['the page’s policy blocks the script',        'script-src',               'script-src'],
      ['the page allows no Trusted Types policy',    'trusted-types',            'trusted-types onfile'],
    ] as const;
    for (const [what, directive, text] of policies) {
      test(what, async () => {
        const policy = `${policyFor(onfile.vaultUrl, directive)}${
          directive === 'script-src' ? "; script-src 'self'" : "; trusted-types 'none'"
        }`;
        await page.goto(shop.module(policy));
        await page.waitForFunction(() => window.onfileJs !== undefined);
        const given = { vaultUrl: onfile.vaultUrl, publicKey: onfile.publicKey };
        expect(await page.evaluate(errorOfLoading, given)).toMatchObject({
          code: 'script_not_loaded',
          message: expect.stringContaining(text),
        });
      });
    }

    test('the script is another than the package knows, which the browser then does not run', async () => {
      await page.route('**/sdk/**', async (route) => {
        const response = await route.fetch();
        await route.fulfill({
          response,
          headers: { ...response.headers(), 'cache-control': 'no-store' },
          body: `${await response.text()}\n// changed on the way`,
        });
      });
      await page.goto(shop.module());
      await page.waitForFunction(() => window.onfileJs !== undefined);
      const given = { vaultUrl: onfile.vaultUrl, publicKey: onfile.publicKey };
      expect(await page.evaluate(errorOfLoading, given)).toMatchObject({ code: 'script_not_loaded' });
      expect(await page.evaluate(() => window.Onfile)).toBeUndefined();
      // Loaded once more, after whatever was wrong is mended.
      await page.unroute('**/sdk/**');
      expect(await page.evaluate(errorOfLoading, given)).toBeNull();
    });

    test('an option of a form is wrong', async () => {
      const { secret } = await aSetup();
      await openShop([secret]);
      const errorOf = (options: object) =>
        page.evaluate((given) => {
          try {
            window.onfile.createCardForm(given as never);
            return null;
          } catch (error) {
            return `${(error as OnfileError).code}: ${(error as OnfileError).message}`;
          }
        }, options);
      expect(await errorOf({ clientSecret: 'pi_secret' })).toMatch(/^invalid_options: .*setfws_/);
      const color = { variables: { colourPrimary: 'red' } };
      expect(await errorOf({ clientSecret: secret, appearance: color })).toMatch(/^invalid_options: .*colorPrimary/);
      await mount();
      expect(await save(0, { returnUrl: 'done' })).toMatchObject({ error: { code: 'invalid_options' } });
      const nowhere = await page.evaluate(() => {
        try {
          window.forms[0]?.mount('#nowhere');
          return '';
        } catch (error) {
          return (error as OnfileError).message;
        }
      });
      expect(nowhere).toContain('#nowhere');
    });

    test('the key is unknown, or the secret', async () => {
      const { secret } = await aSetup();
      await openShop([secret], { key: `${onfile.publicKey.slice(0, -4)}aaaa` });
      await mount();
      expect(await save()).toMatchObject({ error: { code: 'unknown_public_key' } });
      expect(await told('loaderror')).toMatchObject([{ error: { code: 'unknown_public_key' } }]);

      const wrong = `${secret.slice(0, -3)}xyz`;
      await openShop([wrong]);
      await (await mount()).getByText('The form cannot be shown').waitFor();
      expect(await save()).toMatchObject({ error: { code: 'unknown_client_secret' } });
      expect(await told('loaderror')).toMatchObject([{ error: { code: 'unknown_client_secret' } }]);
      const read = await page.evaluate(
        (clientSecret) =>
          window.onfile.retrieveSetupIntent(clientSecret).then(
            () => '',
            (error: OnfileError) => error.code,
          ),
        wrong,
      );
      expect(read).toBe('unknown_client_secret');
    });

    test('the setup is canceled', async () => {
      const { id, secret } = await aSetup();
      await ask('POST', `/v2/setup_flows/${id}/cancel`, {});
      await openShop([secret]);
      await mount();
      expect(await save()).toMatchObject({ status: 'failed', error: { code: 'setup_intent_closed' } });
      expect(await resume(secret)).toMatchObject({
        status: 'failed',
        error: { code: 'setup_intent_closed' },
      });
    });

    test('there is no network', async () => {
      const { secret } = await aSetup();
      await openShop([secret]);
      await fillCard(await mount());
      await context.setOffline(true);
      expect(await save()).toMatchObject({ status: 'failed', error: { code: 'network_error' } });
      const resumed = await resume(secret);
      expect(resumed).toMatchObject({ status: 'failed', error: { code: 'network_error' } });
      await context.setOffline(false);
    });

    test('the page’s policy blocks the frame', async () => {
      const { secret } = await aSetup();
      await page.clock.install();
      await openShop([secret], { policy: policyFor(onfile.vaultUrl, 'frame-src') });
      await mount();
      await page.clock.fastForward(10_000);
      expect(await told('loaderror')).toMatchObject([
        { error: { code: 'form_not_loaded', message: expect.stringContaining('frame-src') } },
      ]);
      expect(await save()).toMatchObject({ status: 'failed', error: { code: 'form_not_loaded' } });
    });
  });

  describe('<onfile-card-form>', () => {
    async function elementScript() {
      const { scripts } = (await (await fetch(`${onfile.vaultUrl}/scripts.json`)).json()) as {
        scripts: { path: string; integrity: string }[];
      };
      return scripts.find(({ path }) => path.endsWith('/onfile-element.js')) as { path: string; integrity: string };
    }

    async function openElement(secret: string, attributes: Record<string, string> = {}): Promise<FrameLocator> {
      const all = { 'public-key': onfile.publicKey, 'client-secret': secret, ...attributes };
      await page.goto(shop.element(all, await elementScript()));
      return page.frameLocator('onfile-card-form iframe');
    }

    const element = () => page.locator('onfile-card-form');
    const saveByElement = () =>
      element().evaluate(async (card: OnfileCardFormElement) => window.plain(await card.save()));

    test('saves a card in a page of markup alone, and gives its form the setup’s id', async () => {
      const { id, secret } = await aSetup('on_session');
      await fillCard(await openElement(secret));
      expect(await saveByElement()).toMatchObject({ status: 'succeeded', setupIntent: { id } });
      expect(await page.evaluate(() => window.violations)).toEqual([]);
      expect(await element().evaluate((card) => [card.shadowRoot, card.style.display])).toEqual([null, 'block']);
      await page.click('#pay');
      await page.waitForURL(`${shop.origin}/saved?**`);
      expect(new URL(page.url()).search).toBe(`?setup=${id}`);
    });

    test('tells its events, follows its attributes, and is empty after a reset', async () => {
      const [one, two] = [await aSetup(), await aSetup()];
      const form = await openElement(one.secret, { locale: 'ja' });
      await form.getByText('カード番号', { exact: true }).waitFor();
      await element().evaluate((card) => {
        window.told = [];
        for (const event of ['ready', 'change'] as const) {
          card.addEventListener(event, (each) =>
            window.told.push({ index: 0, event, detail: (each as CustomEvent).detail }),
          );
        }
        card.setAttribute('locale', 'en');
      });
      await form.getByText('Card number', { exact: true }).waitFor();
      await form.locator('[name=card_number]').fill('4242');
      expect((await told('change')).at(-1)).toEqual({ isEmpty: false, isComplete: false });

      await page.evaluate(() => document.querySelector('form')?.reset());
      await form.locator('[name=card_number]').waitFor();
      expect(await form.locator('[name=card_number]').inputValue()).toBe('');

      await element().evaluate((card, secret) => card.setAttribute('client-secret', secret), two.secret);
      await form.locator('[name=card_number]').waitFor();
      expect(await page.locator('iframe').count()).toBe(1);
      expect((await told('ready')).length).toBe(2);
    });

    test('may be removed, moved and put back at any moment', async () => {
      const { secret } = await aSetup('on_session');
      await openElement(secret);
      await element().evaluate((card) => {
        const parent = card.parentElement as HTMLElement;
        card.remove();
        parent.prepend(card);
        parent.append(card);
      });
      expect(await page.locator('iframe').count()).toBe(1);
      await fillCard(page.frameLocator('onfile-card-form iframe'));
      expect(await saveByElement()).toMatchObject({ status: 'succeeded' });
      const removed = await element().evaluate(async (card: OnfileCardFormElement) => {
        card.remove();
        return window.plain(await card.save());
      });
      expect(removed).toMatchObject({ status: 'failed', error: { code: 'form_not_mounted' } });
      expect(await listenedFor()).toEqual([]);
    });

    test('says what is wrong with its attributes', async () => {
      const { secret } = await aSetup();
      const lines: string[] = [];
      page.on('console', (line) => lines.push(line.text()));
      await openElement(secret, { 'public-key': 'sk_test_1' });
      expect(await saveByElement()).toMatchObject({ error: { code: 'invalid_options' } });
      expect(lines.filter((line) => line.startsWith('Onfile:'))).toEqual([expect.stringContaining('secret key')]);
    });
  });

  for (const locale of ['ja', 'en'] as const) {
    test(`has no finding of axe in ${locale}, nor sideways scrolling at 320 px`, async () => {
      await openContext({ bypassCSP: true, width: 320 });
      const { secret } = await aSetup();
      await openShop([secret], { options: { locale } });
      const form = await mount();
      await form.locator('[name=card_number]').waitFor();
      await save();
      for (const frame of page.frames()) {
        await frame.evaluate(axe.source);
        const { violations } = await frame.evaluate(() =>
          (window as unknown as { axe: typeof axe }).axe.run({
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
          }),
        );
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
        expect(await frame.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      }
    });
  }
});

async function errorOfLoading(options: { vaultUrl: string; publicKey: string }) {
  try {
    await window.onfileJs.loadOnfile(options);
    return null;
  } catch (error) {
    return window.plain(error as OnfileError);
  }
}
