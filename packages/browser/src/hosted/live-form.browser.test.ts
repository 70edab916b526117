import { gzipSync } from 'node:zlib';
import { LOGO_BYTES_MAX } from '@onfile/core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../../../../tests/browser.js';
import {
  expectNoFindings,
  type HostedTab,
  keepPicture,
  PAGE_ADDRESS,
  withHostedTab,
} from '../../testing/hosted-pages-in-browser.js';
import { A_BRANDING, everyHostedView } from '../../testing/hosted-views.js';
import { hostedAssets, hostedScript } from './assets.js';
import { brandStylesheet } from './brand-assets.js';
import { LOCALES } from './locale.js';
import { renderHostedPage } from './render-hosted-page.js';
import { PAGE_TEST_CARDS } from './test-cards.js';
import type { HostedPageView } from './view.js';

const viewNamed = (name: string, locale: 'ja' | 'en' = 'en'): HostedPageView => {
  const found = everyHostedView(locale).find((sample) => sample.name === name);
  if (found === undefined) throw new Error(`there is no sample named ${name}`);
  return found.view;
};

describe('the whole page', () => {
  test('weighs 60 kB at most with the largest logo, as its files travel', () => {
    const gzip = (content: string | Buffer) => gzipSync(content, { level: 9 }).length;
    const rows = LOCALES.flatMap((locale) => {
      const parts = {
        page: gzip(renderHostedPage(viewNamed('form, branded', locale)).html),
        styles: gzip(hostedAssets()[0]?.body ?? '') + gzip(brandStylesheet(A_BRANDING)?.body ?? ''),
        script: gzip(hostedScript(locale).body),
        icon: gzip(hostedAssets()[1]?.body ?? ''),
        logo: LOGO_BYTES_MAX,
      };
      return [{ locale, ...parts, all: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) }];
    });
    console.table(rows);
    for (const { locale, all, script } of rows) {
      expect(all, locale).toBeLessThanOrEqual(60_000);
      expect(script, locale).toBeLessThanOrEqual(12_000);
    }
  });

  test('names no test card in its scripts: they come with pages of test mode alone', () => {
    for (const locale of LOCALES) {
      const script = hostedScript(locale).body.toString();
      const live = renderHostedPage({ ...viewNamed('form, live', locale) }).html.replaceAll(/\s/g, '');
      for (const { number } of PAGE_TEST_CARDS) {
        expect(script).not.toContain(number);
        expect(live).not.toContain(number);
      }
    }
  });
});

const chromiumPath = findChromium();
if (chromiumPath === null) announceMissingChromium('how the hosted page’s form lives with its script');

describe.skipIf(chromiumPath === null)('with its script, the form', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser.close();
  });

  const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, locale: 'en-US' };

  async function withForm(use: (page: Page, tab: HostedTab) => Promise<void>, name = 'form'): Promise<void> {
    await withHostedTab(browser, PHONE, async (tab) => use(await opened(tab, viewNamed(name)), tab));
  }

  async function opened(tab: HostedTab, view: HostedPageView): Promise<Page> {
    const page = await tab.show(view);
    await page.waitForFunction(() => document.querySelector('form')?.noValidate === true);
    return page;
  }

  async function fillIn(page: Page, number = '4242424242424242'): Promise<void> {
    await page.fill('#card_number', number);
    await page.fill('#card_expiry', '1234');
    await page.fill('#card_cvc', '123');
    await page.fill('#card_name', 'TARO YAMADA');
    await page.fill('#email', 'taro@example.jp');
  }

  const entryIn = (page: Page, id: string) => page.inputValue(`#${id}`);
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? '');

  test('writes entries as cards print them while they are typed, and keeps the caret at its digit', () =>
    withForm(async (page) => {
      await page.locator('#card_number').pressSequentially('424242424242');
      expect(await entryIn(page, 'card_number')).toBe('4242 4242 4242');
      for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('ArrowLeft');
      await page.keyboard.type('9');
      expect(await entryIn(page, 'card_number')).toBe('4242 4242 9424 2');
      const caret = await page.evaluate(() => (document.activeElement as HTMLInputElement).selectionStart);
      expect(caret).toBe('4242 4242 9'.length);
      await page.locator('#card_expiry').pressSequentially('1234');
      expect(await entryIn(page, 'card_expiry')).toBe('12 / 34');
      await page.fill('#card_name', 'ｔａｒｏ　ｙａｍａｄａ');
      await page.locator('#card_name').blur();
      expect(await entryIn(page, 'card_name')).toBe('taro yamada');
    }));

  test('shows the brand, says it once, and where its code is', () =>
    withForm(async (page) => {
      const hint = page.locator('#card_cvc-hint');
      expect(await hint.textContent()).toContain('or 4 on the front');
      await page.locator('#card_number').pressSequentially('3782');
      expect(await page.textContent('#brand')).toBe('American Express');
      expect(await page.textContent('#told')).toBe('American Express');
      expect(await hint.textContent()).toBe('4 digits on the front');
      await page.fill('#card_number', '4242');
      expect(await page.textContent('#brand')).toBe('Visa');
      expect(await hint.textContent()).toBe('3 digits on the back');
      await page.fill('#card_number', '');
      expect(await page.textContent('#brand')).toBe('');
    }));

  test('says what is wrong with a field when it is left, and takes it back as soon as it is right', () =>
    withForm(async (page) => {
      await page.fill('#card_number', '4242 4242 4242 4241');
      expect(await page.locator('.problem').count()).toBe(0);
      await page.locator('#card_expiry').focus();
      expect(await page.textContent('#card_number-problem')).toBe(
        'The card number has a mistake in it. Check it against your card.',
      );
      expect(await page.getAttribute('#card_number', 'aria-invalid')).toBe('true');
      expect(await page.getAttribute('#card_number', 'aria-describedby')).toBe('card_number-problem');
      expect(await page.textContent('#told')).toContain('mistake');
      await page.fill('#card_number', '4242 4242 4242 4242');
      expect(await page.locator('.problem').count()).toBe(0);
      expect(await page.getAttribute('#card_number', 'aria-invalid')).toBeNull();
      await page.locator('#card_expiry').focus();
      await page.locator('#card_name').focus();
      expect(await page.locator('.problem').count()).toBe(0);
    }));

  test('takes a press that leaves a wrong field, although what is wrong appears above what was pressed', () =>
    withForm(async (page, { posted }) => {
      await fillIn(page);
      // So narrow that the problem takes more lines than there is room for.
      await page.setViewportSize({ width: 320, height: 900 });
      await page.fill('#phone', '090');
      await page.locator('#phone').focus();
      await page.click('button[type=submit]');
      await page.waitForSelector('#notice-heading');
      expect(await page.textContent('#phone-problem')).toContain('090-1234-5678');
      expect(posted).toEqual([]);
    }));

  test('sends nothing while something is wrong: it counts, takes the focus to the list, and leads to each field', () =>
    withForm(async (page, { posted }) => {
      await page.fill('#card_expiry', '01/20');
      await page.keyboard.press('Enter');
      expect(await focused(page)).toBe('notice-heading');
      expect(await page.textContent('#notice-heading')).toBe('Check 5 entries');
      expect(await page.title()).toMatch(/^5 problems – /);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await focused(page)).toBe('card_number');
      expect(posted).toEqual([]);
    }));

  test('goes on its way once, however often it is pressed, and says so meanwhile', () =>
    withForm(async (page, tab) => {
      let release = () => {};
      tab.answerFormsWith(
        { kind: 'moved' },
        new Promise<void>((resolve) => {
          release = resolve;
        }),
      );
      await fillIn(page);
      const button = page.locator('button[type=submit]');
      await button.dblclick();
      await page.keyboard.press('Enter');
      expect(await button.textContent()).toBe('Saving…');
      expect(await button.getAttribute('aria-disabled')).toBe('true');
      expect(await page.getAttribute('form', 'aria-busy')).toBe('true');
      expect(await page.textContent('#told')).toBe('Checking with your card company. Please keep this page open.');
      await page.locator('#card_name').press('X');
      expect(await entryIn(page, 'card_name')).toBe('TARO YAMADA');

      release();
      await page.waitForURL(`${PAGE_ADDRESS}?locale=en`);
      expect(tab.posted).toHaveLength(1);
      expect(Object.fromEntries(tab.posted[0] ?? [])).toMatchObject({
        card_number: '4242 4242 4242 4242',
        locale: 'en',
      });
    }));

  test('leads to what the page shows now, in its language, once it was taken', () =>
    withForm(async (page, tab) => {
      tab.answerFormsWith({ kind: 'moved' });
      await fillIn(page);
      await Promise.all([page.waitForURL(`${PAGE_ADDRESS}?locale=en`), page.click('button[type=submit]')]);
      expect(tab.posted).toHaveLength(1);
    }));

  test('keeps everything but the code after a decline, and follows that attempt the next time', () =>
    withForm(async (page, tab) => {
      tab.answerFormsWith({ kind: 'declined', reason: 'card_declined', latestAttemptId: 'attempt-7' });
      await fillIn(page);
      await page.click('button[type=submit]');
      await page.waitForSelector('#notice-heading');
      expect(await focused(page)).toBe('notice-heading');
      expect(await page.textContent('.notice')).toContain('Your card company did not approve it.');
      expect(await page.title()).toMatch(/^Your card was not saved – /);
      const kept = await Promise.all(
        ['card_number', 'card_expiry', 'card_name', 'email'].map((id) => entryIn(page, id)),
      );
      expect(kept).toEqual(['4242 4242 4242 4242', '12 / 34', 'TARO YAMADA', 'taro@example.jp']);
      expect(await entryIn(page, 'card_cvc')).toBe('');

      await page.fill('#card_cvc', '123');
      await page.click('button[type=submit]');
      await expect.poll(() => tab.posted.length).toBe(2);
      expect(tab.posted[1]?.get('after_attempt')).toBe('attempt-7');
    }));

  test('shows what only the server knows at its field', () =>
    withForm(async (page, tab) => {
      tab.answerFormsWith({ kind: 'problems', problems: { card_number: 'live_card_in_test_mode' } });
      await fillIn(page);
      await page.click('button[type=submit]');
      await page.waitForSelector('#card_number-problem');
      expect(await page.textContent('#card_number-problem')).toContain('test mode');
    }));

  test('keeps everything when it comes at a bad moment, and says when to try again', () =>
    withForm(async (page, tab) => {
      tab.answerFormsWith({ kind: 'unavailable', reason: 'busy' });
      await fillIn(page);
      await page.click('button[type=submit]');
      await page.waitForSelector('#notice-heading');
      expect(await page.textContent('.notice')).toContain('Wait a moment and try again.');
      expect(await entryIn(page, 'card_cvc')).toBe('123');
    }));

  test('without a connection keeps everything, and can be sent again', () =>
    withForm(async (page, tab) => {
      tab.answerFormsWith(null);
      await fillIn(page);
      await page.click('button[type=submit]');
      await page.waitForSelector('#notice-heading');
      expect(await page.textContent('#notice-heading')).toBe('There was no connection');
      expect(await entryIn(page, 'card_cvc')).toBe('123');
      tab.answerFormsWith({ kind: 'moved' });
      await Promise.all([page.waitForURL(`${PAGE_ADDRESS}?locale=en`), page.click('button[type=submit]')]);
    }));

  for (const { number, outcome } of PAGE_TEST_CARDS) {
    test(`is filled in by a press with the test card that ${outcome} stands for, ${number.slice(-4)}`, () =>
      withForm(async (page, tab) => {
        await page.click('summary');
        await page.click(`button[data-number="${number}"]`);
        expect((await entryIn(page, 'card_number')).replaceAll(' ', '')).toBe(number);
        expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('submit');
        await page.keyboard.press('Enter');
        await expect.poll(() => tab.posted.length).toBe(1);
      }));
  }

  test('can be filled in and sent by keyboard alone, forwards and backwards', () =>
    withForm(async (page, tab) => {
      const entries: Record<string, string> = {
        card_number: '4242424242424242',
        card_expiry: '1234',
        card_cvc: '123',
        card_name: 'TARO YAMADA',
        email: 'taro@example.jp',
      };
      const order: string[] = [];
      for (let presses = 0; presses < 30 && order.at(-1) !== 'Save card'; presses += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || '');
        if (entries[at] !== undefined) await page.keyboard.type(entries[at]);
        order.push(at.trim());
      }
      const stops = [
        'card_number',
        'card_expiry',
        'card_cvc',
        'card_name',
        'email',
        'phone',
        'make_default',
        'Save card',
      ];
      expect(order.slice(-stops.length)).toEqual(stops);

      const back: string[] = [];
      for (let presses = 0; presses < stops.length - 1; presses += 1) {
        await page.keyboard.press('Shift+Tab');
        back.push(await focused(page));
      }
      expect(back).toEqual(stops.slice(0, -1).reverse());
      await page.locator('#make_default').press('Space');
      await page.locator('button[type=submit]').press('Enter');
      await expect.poll(() => tab.posted.length).toBe(1);
      expect(tab.posted[0]?.get('make_default')).toBe('1');
    }, 'form, returning'));

  test('says two minutes ahead that the page ends, hides nothing that has the focus, and then goes there', async () => {
    await withHostedTab(browser, PHONE, async (tab) => {
      const page = await tab.show(viewNamed('form'));
      await page.clock.install({ time: new Date('2026-11-22T05:00:00Z') });
      await opened(tab, { ...viewNamed('form'), secondsLeft: 600 } as HostedPageView);
      await page.clock.runFor(479_000);
      expect(await page.textContent('#deadline')).toBe('');
      await page.clock.runFor(2_000);
      expect(await page.textContent('#deadline')).toMatch(/^This page ends at \d/);
      await page.locator('button[type=submit]').focus();
      const isClear = await page.evaluate(() => {
        const bar = document.getElementById('deadline')?.getBoundingClientRect();
        const button = document.activeElement?.getBoundingClientRect();
        return bar !== undefined && button !== undefined && button.bottom <= bar.top;
      });
      expect(isClear).toBe(true);
      await keepPicture(page, 'hosted-live', 'deadline');
      await page.click('#deadline button');
      expect(await page.textContent('#deadline')).toBe('');
      await Promise.all([page.waitForURL(`${PAGE_ADDRESS}?locale=en`), page.clock.runFor(120_000)]);
    });
  });

  test('never moves by itself: not when it loads, and not when it comes alive', () =>
    withHostedTab(browser, PHONE, async (tab) => {
      const page = await opened(tab, viewNamed('form, branded'));
      const score = () =>
        page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              let sum = 0;
              new PerformanceObserver((list) => {
                for (const entry of list.getEntries() as (PerformanceEntry & {
                  value: number;
                  hadRecentInput: boolean;
                })[])
                  if (!entry.hadRecentInput) sum += entry.value;
              }).observe({ type: 'layout-shift', buffered: true });
              requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum))));
            }),
        );
      expect(await score()).toBe(0);
      tab.answerFormsWith({ kind: 'declined', reason: 'card_declined', latestAttemptId: null });
      await fillIn(page, '4242');
      await page.locator('#card_number').blur();
      const top = await page.evaluate(() => document.getElementById('card_expiry')?.offsetTop);
      await page.fill('#card_number', '4242424242424242');
      await page.locator('#card_number').blur();
      expect(await page.evaluate(() => document.getElementById('card_expiry')?.offsetTop)).toBe(top);
      expect(await score()).toBe(0);
    }));

  test('asks our own origin alone, and breaks no rule of its policy', () =>
    withHostedTab(browser, PHONE, async (tab) => {
      const page = await tab.show(viewNamed('form, branded'));
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await opened(tab, viewNamed('form, branded'));
      await page.click('button[type=submit]');
      await page.waitForSelector('#notice-heading');
      tab.answerFormsWith({ kind: 'declined', reason: 'invalid_cvc', latestAttemptId: null });
      await fillIn(page);
      await page.click('button[type=submit]');
      await expect.poll(() => page.title()).toMatch(/^Your card was not saved/);
      expect(complaints).toEqual([]);
      expect(new Set(tab.asked).size).toBeLessThanOrEqual(6);
    }));

  /** What only the script shows, beside what the server writes. */
  const LIVE_STATES: Readonly<Record<string, (page: Page, tab: HostedTab) => Promise<void>>> = {
    'test cards': (page) => page.click('summary'),
    'brand known': async (page) => {
      await page.fill('#card_number', '378282246310005');
      await page.check('#make_default');
    },
    problems: (page) => page.click('button[type=submit]'),
    working: async (page, tab) => {
      tab.answerFormsWith({ kind: 'moved' }, new Promise(() => {}));
      await fillIn(page);
      await page.click('button[type=submit]');
    },
    declined: async (page, tab) => {
      tab.answerFormsWith({ kind: 'declined', reason: 'invalid_cvc', latestAttemptId: null });
      await fillIn(page);
      await page.click('button[type=submit]');
      await page.waitForSelector('#notice-heading');
    },
    offline: async (page, tab) => {
      tab.answerFormsWith(null);
      await fillIn(page);
      await page.click('button[type=submit]');
      await page.waitForSelector('#notice-heading');
    },
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has no finding of axe in any state that it comes to, ${colorScheme}`, { timeout: 120_000 }, async () => {
      await withHostedTab(browser, { ...PHONE, colorScheme, bypassCSP: true }, async (tab) => {
        for (const locale of LOCALES) {
          for (const [name, reach] of Object.entries(LIVE_STATES)) {
            tab.answerFormsWith({ kind: 'moved' });
            const page = await opened(tab, viewNamed('form, returning', locale));
            await reach(page, tab);
            await expectNoFindings(page, `${name}, ${locale}, ${colorScheme}`);
            await keepPicture(page, 'hosted-live', `${name} ${locale} ${colorScheme}`);
          }
        }
      });
    });
  }

  test('needs no sideways scrolling at 320 px and at 400 % zoom of a wide screen, whatever it shows', async () => {
    // A screen of 1280 by 1024 at 400 % is as one of 320 by 256.
    await withHostedTab(browser, { viewport: { width: 320, height: 256 } }, async (tab) => {
      for (const [name, reach] of Object.entries(LIVE_STATES)) {
        tab.answerFormsWith({ kind: 'moved' });
        const page = await opened(tab, viewNamed('form, returning', 'ja'));
        await reach(page, tab);
        const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
        expect(await page.evaluate(wider), name).toBe(0);
      }
    });
  });
});
