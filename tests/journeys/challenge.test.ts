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
if (!executablePath) announceMissingChromium('3-D Secure in a window over the merchant’s page');

interface Widgets {
  createForm(type: 'payment'): { mount(target: string): void };
  update(look: object): void;
  confirmSetup(params: { return_url: string }): Promise<{ error: object }>;
}

/** What the tests keep in the merchant's page. */
interface Shop {
  loadPayments(
    key: string,
    options: { jsOrigin: string },
  ): Promise<{ widgets(options: object): Widgets; handleNextAction(options: { clientSecret: string }): Promise<void> }>;
  readonly violations: string[];
  payments: Awaited<ReturnType<Shop['loadPayments']>>;
  widgets: Widgets[];
  answers: Promise<{ error: object }>[];
}
declare const window: Shop & typeof globalThis;

describe.skipIf(!executablePath)('3-D Secure over the merchant’s page', () => {
  let folder: string;
  let dev: DevProcess;
  let shop: MerchantPages;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let refusals: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onfile-challenge-'));
    [dev, shop] = await Promise.all([startDev({ dataDir: folder, port: await freePorts() }), startMerchantPages()]);
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await dev?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => openBrowser());
  afterEach((test) => closePages(context, test));

  async function openBrowser(options: object = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 800, height: 900 }, ...options });
    page = await context.newPage();
    refusals = [];
    page.on('console', (line) => {
      const isRefusal = /content security policy|trusted ?types?/i.test(line.text());
      // The page to return to, whose own policy allows nothing.
      if (isRefusal && !line.location().url.includes('/done')) refusals.push(line.text());
    });
  }

  function sdk() {
    const { apiUrl, merchant } = dev.description;
    return { client: payjp.createClient({ apiKey: merchant.secretKey, baseUrl: apiUrl }), throwOnError: true } as const;
  }

  async function aFlow() {
    const { data: customer } = await payjp.createCustomer({ ...sdk(), body: {} });
    const { data: flow } = await payjp.createSetupFlow({ ...sdk(), body: { customer_id: customer.id } });
    return { id: flow.id, secret: flow.client_secret };
  }

  async function statusOf(id: string) {
    const { data } = await payjp.getSetupFlow({ ...sdk(), path: { setup_flow_id: id } });
    return data.status;
  }

  /** What the simulator did, oldest first, for the one verification that was asked for since `from`. */
  async function ledgerSince(from: number): Promise<{ types: string[]; references: Set<string> }> {
    const records = (await ledger()).slice(from);
    return { types: records.map(({ type }) => type), references: new Set(records.map(({ reference }) => reference)) };
  }

  async function ledger(): Promise<{ type: string; reference: string }[]> {
    const response = await fetch(`${dev.description.simulatorUrl}/v1/ledger`);
    return ((await response.json()) as { records: { type: string; reference: string }[] }).records;
  }

  async function openShop(secrets: readonly string[], address = shop.pageWith(policy())): Promise<void> {
    await page.goto(address);
    await loadWidgets(secrets);
  }

  const policy = () => strictPolicy(dev.description.vaultUrl);

  async function loadWidgets(secrets: readonly string[]): Promise<void> {
    await page.waitForFunction(() => window.loadPayments !== undefined);
    const { vaultUrl, merchant } = dev.description;
    await page.evaluate(
      async ({ key, jsOrigin, all }) => {
        window.payments = await window.loadPayments(key, { jsOrigin });
        window.answers = [];
        window.widgets = all.map((clientSecret) => window.payments.widgets({ clientSecret, locale: 'en' }));
        for (const [index, each] of window.widgets.entries()) {
          each.createForm('payment').mount(index === 0 ? '#one' : '#two');
        }
        document.querySelector('#pay')?.addEventListener('click', () => {
          window.answers.push(
            window.widgets[0]?.confirmSetup({ return_url: `${location.origin}/done?order=1` }) as never,
          );
        });
      },
      { key: merchant.publicKey, jsOrigin: vaultUrl, all: secrets },
    );
  }

  const form = (index = 0) => page.frameLocator(index === 0 ? '#one iframe' : '#two iframe');
  const challenge = (index = 0) => page.frameLocator(`dialog >> nth=${index} >> iframe`);
  const bank = (index = 0): FrameLocator => challenge(index).frameLocator('iframe');

  async function fillCard(index = 0, number = '4242424242424242'): Promise<void> {
    const fields = { card_number: number, card_expiry: '12/34', card_cvc: '123', card_name: 'TARO YAMADA' };
    for (const [name, text] of Object.entries({ ...fields, email: 'taro@example.com' })) {
      await form(index).locator(`[name=${name}]`).fill(text);
    }
  }

  /** From an empty form to the card company's page in a window over it. */
  async function openChallenge(options: { address?: string } = {}): Promise<{ id: string; secret: string }> {
    const flow = await aFlow();
    await openShop([flow.secret], options.address);
    await fillCard();
    await page.click('#pay');
    await bank().locator('button[value=pass]').waitFor();
    return flow;
  }

  const errorOf = (index = 0) => page.evaluate(async (at) => (await window.answers[at])?.error, index);

  const FAILED = { type: 'payment_error', code: 'three_d_secure_failed', message: expect.any(String) };

  async function expectUsableForm(): Promise<void> {
    await form().getByText('Your card was not saved').waitFor();
    expect(await form().locator('[name=card_number]').inputValue()).toBe('4242 4242 4242 4242');
    expect(await form().locator('[name=card_cvc]').inputValue()).toBe('');
    expect(await form().locator('[name=card_number]').isEnabled()).toBe(true);
    expect(await page.locator('dialog').count()).toBe(0);
  }

  test('passes, and goes on to the return URL, under the strictest policy and with nothing refused', async () => {
    const { id, secret } = await openChallenge();
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    expect(await page.locator('dialog').getAttribute('style')).not.toBeNull();
    await answerBank(bank(), 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    const query = new URL(page.url()).searchParams;
    expect(Object.fromEntries(query)).toEqual({ order: '1', setup_flow_id: id, setup_flow_client_secret: secret });
    expect(await statusOf(id)).toBe('succeeded');
    expect(refusals).toEqual([]);
  });

  test('fails, tells it, and leaves the form as it was but for the code', async () => {
    const { id } = await openChallenge();
    await answerBank(bank(), 'fail');
    expect(await errorOf()).toEqual(FAILED);
    await expectUsableForm();
    expect(await statusOf(id)).toBe('requires_payment_method');
    expect(page.url()).toContain('/page');

    await form().locator('[name=card_cvc]').fill('123');
    await page.click('#pay');
    await answerBank(bank(), 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await statusOf(id)).toBe('succeeded');
  });

  test('asks once before it is closed; then the attempt is over and undone at the processor', async () => {
    const before = (await ledger()).length;
    const { id } = await openChallenge();
    await challenge().getByRole('button', { name: 'Close' }).click();
    await challenge().getByRole('button', { name: 'Go on with the check' }).click();
    expect(await statusOf(id)).toBe('requires_action');
    await bank().locator('button[value=pass]').waitFor();

    await challenge().getByRole('button', { name: 'Close' }).click();
    await challenge().getByRole('button', { name: 'Stop', exact: true }).click();
    expect(await errorOf()).toEqual(FAILED);
    await expectUsableForm();
    expect(await statusOf(id)).toBe('requires_payment_method');
    await expect
      .poll(async () => (await ledgerSince(before)).types, { timeout: 20_000 })
      .toContain('verification.voided');
    const { types, references } = await ledgerSince(before);
    expect(references.size).toBe(1);
    expect(types.filter((type) => type === 'verification.voided')).toHaveLength(1);
  });

  test('asks at Escape too, and Escape again is no answer', async () => {
    const { id } = await openChallenge();
    const question = challenge().getByRole('dialog', { name: 'Stop the check?' });
    await challenge().locator('h1:focus').waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    expect(await page.locator('dialog').evaluate((dialog: HTMLDialogElement) => dialog.open)).toBe(true);
    expect(await statusOf(id)).toBe('requires_action');
  });

  test('is not closed by an Escape that reaches the page and not the frame, however often', async () => {
    await openChallenge();
    for (let times = 0; times < 3; times += 1) {
      await page.locator('dialog').evaluate((dialog: HTMLDialogElement) => {
        const cancel = new Event('cancel', { cancelable: true });
        // What a browser does: it closes unless the page holds it, and in the end whether the page does or not.
        if (dialog.dispatchEvent(cancel)) dialog.close();
        dialog.close();
      });
      await challenge().getByRole('button', { name: 'Go on with the check' }).click();
      await bank().locator('button[value=pass]').waitFor();
    }
    expect(await page.locator('dialog').evaluate((dialog: HTMLDialogElement) => dialog.matches(':modal'))).toBe(true);
  });

  test('works by keyboard alone, keeps the focus inside, and gives it to what the form says then', async () => {
    const { secret } = await aFlow();
    await openShop([secret]);
    await fillCard();
    await page.focus('#pay');
    await page.keyboard.press('Enter');
    await bank().locator('button[value=pass]').waitFor();
    await challenge().locator('h1:focus').waitFor();
    await page.keyboard.press('Tab');
    await challenge().getByRole('button', { name: 'Close' }).and(challenge().locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await challenge()
      .getByRole('button', { name: 'Go on with the check' })
      .and(challenge().locator(':focus'))
      .waitFor();
    await page.keyboard.press('Enter');
    await challenge().getByRole('button', { name: 'Close' }).and(challenge().locator(':focus')).waitFor();
    await page.keyboard.press('Tab');
    await bank().locator('button[value=pass]:focus').waitFor();
    await page.keyboard.press('Tab');
    await bank().locator('button[value=fail]:focus').waitFor();
    await page.keyboard.press('Enter');
    expect(await errorOf()).toEqual(FAILED);
    await form().locator('.notice:focus').waitFor();
  });

  test('goes on after a reload, from the form or by handleNextAction, with nothing typed again', async () => {
    const { id, secret } = await openChallenge();
    for (const way of ['form', 'handleNextAction'] as const) {
      await page.reload();
      await loadWidgets([secret]);
      await form().getByText('One step is left').waitFor();
      expect(await form().locator('[name=card_number]').count()).toBe(0);
      if (way === 'form') await page.click('#pay');
      else await page.evaluate((clientSecret) => void window.payments.handleNextAction({ clientSecret }), secret);
      await bank().locator('button[value=pass]').waitFor();
    }
    await answerBank(bank(), 'fail');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await statusOf(id)).toBe('requires_payment_method');
  });

  test('lets the back button lead through the card company’s pages, and then off the merchant’s', async () => {
    const { id, secret } = await openChallenge();
    await bank().getByRole('link', { name: '日本語' }).click();
    await bank().getByText('認証に成功する').waitFor();
    await page.evaluate(() => history.back());
    await bank().getByText('Pass the authentication').waitFor();
    expect(page.url()).toContain('/page');

    await page.goBack();
    expect(page.url()).not.toContain('/page');
    await page.goForward();
    await loadWidgets([secret]);
    await form().getByText('One step is left').waitFor();
    await page.click('#pay');
    await answerBank(bank(), 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await statusOf(id)).toBe('succeeded');
  });

  test('offers the card company’s page again to somebody who left it undecided', async () => {
    const { id } = await openChallenge();
    await answerBank(bank(), 'cancel');
    await challenge().locator('.bar').getByText('The check is not finished yet.').waitFor();
    expect(page.url()).toContain('/page');
    await challenge().getByRole('button', { name: 'Open the page again' }).click();
    await answerBank(bank(), 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await statusOf(id)).toBe('succeeded');
  });

  test('waits out a lost connection, and reads the outcome once there is one', async () => {
    const { id } = await openChallenge();
    const reads = `${dev.description.vaultUrl}/v2/setup_flows/**`;
    await context.route(reads, (route) => route.abort());
    await challenge().locator('.bar').getByText('There is no connection.').waitFor();
    await answerBank(bank(), 'pass');
    await challenge().locator('.bar').getByText('There is no connection.').waitFor();
    await context.unroute(reads);
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await statusOf(id)).toBe('succeeded');
  });

  test('has an outcome of its own for each of two forms, also when both are open at once', async () => {
    const [one, two] = [await aFlow(), await aFlow()];
    await openShop([one.secret, two.secret]);
    await fillCard(0);
    await fillCard(1, '5555555555554444');
    await page.evaluate(() => {
      const return_url = `${location.origin}/done`;
      window.answers = window.widgets.map((each) => each.confirmSetup({ return_url }));
    });
    for (const each of [0, 1]) await bank(each).locator('button[value=pass]').waitFor();
    const isFirst = (await bank(0).getByText('Visa').count()) === 1;
    const [lower, upper] = isFirst ? [one, two] : [two, one];
    await answerBank(bank(1), 'fail');
    expect(await errorOf(isFirst ? 1 : 0)).toEqual(FAILED);
    expect(await page.locator('dialog').count()).toBe(1);
    await answerBank(bank(0), 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect([await statusOf(lower.id), await statusOf(upper.id)]).toEqual(['succeeded', 'requires_payment_method']);
  });

  test('is one window and one verification for a double click', async () => {
    const before = (await ledger()).length;
    const { secret } = await aFlow();
    await openShop([secret]);
    await fillCard();
    await page.evaluate(() => {
      for (const _ of [1, 2]) document.querySelector<HTMLElement>('#pay')?.click();
    });
    await bank().locator('button[value=pass]').waitFor();
    expect(await page.locator('dialog').count()).toBe(1);
    await answerBank(bank(), 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    const { types } = await ledgerSince(before);
    expect(types.filter((type) => type === 'verification.requested')).toHaveLength(1);
  });

  test('believes nothing that the card company’s page says, and does not let it take the page elsewhere', async () => {
    const { id } = await openChallenge();
    const { simulatorUrl } = dev.description;
    const inside = page.frames().find((frame) => frame.url().startsWith(simulatorUrl));
    const refused = await inside?.evaluate(() => {
      const outcome = { kind: 'go', url: 'https://evil.example/' };
      const forged = [
        { type: 'hello', id: '0'.repeat(32) },
        { type: 'refused', id: '0'.repeat(32), reason: 'unknown_key' },
        { type: 'init', id: '0'.repeat(32), version: 1, clientSecret: 'x', state: {} },
        { type: 'reply', number: 1, outcome },
        { status: 'succeeded' },
      ];
      for (const message of forged) {
        for (const target of [window.parent, window.top]) {
          target?.postMessage(message, '*');
          target?.postMessage(JSON.stringify(message), '*', [new MessageChannel().port1]);
        }
      }
      try {
        (window.top as Window).location.href = 'https://evil.example/';
        return null;
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(refused).toBe('SecurityError');
    // It looks again meanwhile, and hears from the server that nothing has happened.
    await page.waitForResponse((response) => response.url().includes('/v2/setup_flows/'));
    expect(await page.locator('dialog').count()).toBe(1);
    expect(await statusOf(id)).toBe('requires_action');
    await answerBank(bank(), 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
  });

  test('takes the whole page where it is narrow', async () => {
    await openBrowser({ viewport: { width: 390, height: 844 } });
    await expectWholePage(shop.pageWith(policy()));
  });

  test('takes the whole page where that is isolated from other origins, and the form is shown there', async () => {
    await expectWholePage(shop.isolatedPageWith(policy()));
  });

  async function expectWholePage(address: string): Promise<void> {
    const { id, secret } = await aFlow();
    await openShop([secret], address);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(address.includes('isolated'));
    await fillCard();
    await page.click('#pay');
    await page.waitForURL(`${dev.description.simulatorUrl}/**`);
    await answerBank(page, 'pass');
    await page.waitForURL(`${shop.origin}/done?**`);
    expect(await statusOf(id)).toBe('succeeded');
  }

  test('leads a merchant’s page that is in a frame itself back to where it goes on', async () => {
    await openBrowser({ viewport: { width: 390, height: 844 } });
    const { id, secret } = await aFlow();
    await openShop([secret]);
    await fillCard();
    await page.click('#pay');
    await page.waitForURL(`${dev.description.simulatorUrl}/**`);
    const bankUrl = page.url();

    await page.goto(shop.pageWith('default-src *'));
    await page.evaluate(
      (src) => document.body.append(Object.assign(document.createElement('iframe'), { src })),
      bankUrl,
    );
    await answerBank(page.frameLocator('iframe'), 'pass');
    await expect
      .poll(() => page.frames().map((frame) => frame.url()))
      .toContainEqual(expect.stringContaining('/done?'));
    expect(await statusOf(id)).toBe('succeeded');
  });

  for (const theme of ['light', 'dark'] as const) {
    for (const locale of ['ja', 'en'] as const) {
      test(`has no finding of axe in ${locale}, ${theme}, with the card company’s page and with the question`, async () => {
        // axe itself is a script, which the policies rightly refuse.
        await openBrowser({ bypassCSP: true, colorScheme: theme });
        const { secret } = await aFlow();
        await openShop([secret]);
        const look = { locale, appearance: { theme: theme === 'dark' ? 'dark' : 'payjp' } };
        await page.evaluate((options) => window.widgets[0]?.update(options), look);
        await fillCard();
        await page.click('#pay');
        await bank().locator('button[value=pass]').waitFor();
        await expectNoFindings('open');
        await challenge().locator('button.close').click();
        await challenge().locator('dialog[open]').waitFor();
        await expectNoFindings('asking');
      });
    }
  }

  async function expectNoFindings(state: string): Promise<void> {
    const inside = page.frames().find((frame) => frame.url().includes('/frame/challenge'));
    for (const [frame, within] of [
      [inside, 'html'],
      [page.mainFrame(), 'dialog'],
    ] as const) {
      await frame?.evaluate(axe.source);
      const findings = await frame?.evaluate(async (context) => {
        const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(context, {
          iframes: false,
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      }, within);
      expect(findings, state).toEqual([]);
    }
  }
});
