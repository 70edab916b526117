import { type Demo, startDemo } from '@onfile/demo';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { answerBank, closePages } from './pages-under-test.js';

const executablePath = findChromium();
if (!executablePath) announceMissingChromium('the demo shop, each way of saving a card');

/** Set to a folder, the pages are kept there as pictures. */
const pictures = process.env.ONFILE_DEMO_PICTURES;

describe.skipIf(!executablePath)('the demo shop', () => {
  let onfile: RunningOnfile;
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    onfile = await startOnfile();
    const { apiUrl, vaultUrl, secretKey, publicKey, merchantId, clients } = onfile;
    const toast = { merchantId, ...clients };
    demo = await startDemo({ host: '127.0.0.1', port: 0, apiUrl, vaultUrl, secretKey, publicKey, toast });
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
    await onfile?.stop();
  });
  beforeEach(() => openContext(1_000));
  afterEach((test) => closePages(context, test));

  async function openContext(width: number, { bypassCSP = false } = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({ locale: 'en-US', bypassCSP, viewport: { width, height: 1_600 } });
    page = await context.newPage();
  }

  async function fillCard(form: FrameLocator): Promise<void> {
    await form.locator('[name=card_number]').fill('4242424242424242');
    await form.locator('[name=card_expiry]').fill('12/34');
    await form.locator('[name=card_cvc]').fill('123');
    await form.locator('[name=card_name]').fill('TARO YAMADA');
    await form.locator('[name=email]').fill('taro@example.com');
  }

  async function openWay(title: string): Promise<void> {
    await page.goto(demo.url);
    await page.click(`.ways a:has-text("${title}")`);
  }

  const bank = () => page.frameLocator('dialog iframe').frameLocator('iframe');

  async function expectSaved(): Promise<void> {
    await page.waitForURL(`${demo.url}/*/saved?**`);
    expect(await page.textContent('main')).toContain('Visa ending in 4242');
  }

  for (const [title, host] of [
    ['Onfile’s own SDK', '#card'],
    ['as an element', 'onfile-card-form'],
    ['PAY.JP widgets', '#card'],
  ] as const) {
    test(`saves a card by ${title}`, async () => {
      const refused: string[] = [];
      page.on('console', (line) => void (line.text().includes('Content Security Policy') && refused.push(line.text())));
      await openWay(title);
      await fillCard(page.frameLocator(`${host} iframe`));
      await page.click('form button');
      await answerBank(bank(), 'pass');
      await expectSaved();
      expect(refused).toEqual([]);
    });
  }

  test('saves a card on the hosted page', async () => {
    await openWay('Hosted page');
    await page.click('form button');
    await page.waitForURL(`${onfile.vaultUrl}/setup/**`);
    await page.fill('[name=card_number]', '4242424242424242');
    await page.fill('[name=card_expiry]', '12/34');
    await page.fill('[name=card_cvc]', '123');
    await page.fill('[name=card_name]', 'TARO YAMADA');
    await page.fill('[name=email]', 'taro@example.com');
    await page.click('form button[type=submit]');
    await page.click('main a.button');
    await page.waitForURL(`${onfile.simulatorUrl}/**`);
    await answerBank(page, 'pass');
    await expectSaved();
  });

  test('comes back to its page from a bank that takes a telephone’s whole window', async () => {
    await openContext(390);
    await openWay('Onfile’s own SDK');
    await fillCard(page.frameLocator('#card iframe'));
    await page.click('form button');
    await page.waitForURL(`${onfile.simulatorUrl}/**`);
    await answerBank(page, 'pass');
    await expectSaved();
  });

  for (const path of ['/', '/hosted-page', '/onfile-js', '/onfile-element', '/payjp-widgets', '/toast']) {
    test(`is readable on a telephone, by everybody: ${path}`, async () => {
      await openContext(320, { bypassCSP: true });
      await page.goto(demo.url + path);
      if (pictures) await page.screenshot({ path: `${pictures}/${path.slice(1) || 'index'}.png`, fullPage: true });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() =>
        (window as unknown as { axe: typeof axe }).axe.run({
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        }),
      );
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    });
  }
});
