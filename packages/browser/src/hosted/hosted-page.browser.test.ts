import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../../../../tests/browser.js';
import { expectNoFindings, type HostedTab, keepPicture, withHostedTab } from '../../testing/hosted-pages-in-browser.js';
import { everyHostedView, everyHostedViewInEveryLanguage } from '../../testing/hosted-views.js';
import { hostedAssets } from './assets.js';
import { hostedAssetHeaders } from './headers.js';
import { renderHostedPage } from './render-hosted-page.js';
import type { HostedPageView } from './view.js';

const chromiumPath = findChromium();
if (chromiumPath === null) announceMissingChromium('how the hosted page looks, reads and works in a browser');

describe.skipIf(chromiumPath === null)('in a browser, the hosted page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser.close();
  });

  const withPage = (options: BrowserContextOptions, use: (show: HostedTab['show']) => Promise<void>) =>
    withHostedTab(browser, options, ({ show }) => use(show));

  // In the dark only colours differ.
  const AXE_RUNS = [
    { colorScheme: 'light', options: {} },
    { colorScheme: 'dark', options: { runOnly: ['color-contrast', 'link-in-text-block'] } },
  ] as const;
  for (const { colorScheme, options } of AXE_RUNS) {
    test(`has no finding of axe in any state or language, ${colorScheme}`, { timeout: 240_000 }, async () => {
      // axe itself is a script, which the page's policy rightly refuses.
      await withPage({ colorScheme, bypassCSP: true, viewport: { width: 1280, height: 800 } }, async (show) => {
        for (const { name, view } of everyHostedViewInEveryLanguage()) {
          const page = await show(view);
          await expectNoFindings(page, name, 'runOnly' in options ? options.runOnly : undefined);
          await keepPicture(page, `hosted-wide-${colorScheme}`, name);
        }
      });
    });
  }

  const LONG_NAME = `${'Wohnungsbaugenossenschaft'.repeat(5)} ${'株式会社'.repeat(20)}`;

  test('needs no sideways scrolling at 320 px, whatever the merchant is called', { timeout: 120_000 }, async () => {
    await withPage({ viewport: { width: 320, height: 640 } }, async (show) => {
      for (const { name, view } of [...everyHostedViewInEveryLanguage(), ...everyHostedView('en', LONG_NAME)]) {
        const page = await show(view);
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(wider, name).toBe(0);
        await keepPicture(page, 'hosted-narrow', `${view.locale} ${name}`);
      }
    });
  });

  test('has targets of 44 px at least', { timeout: 120_000 }, async () => {
    await withPage({ viewport: { width: 320, height: 640 } }, async (show) => {
      for (const { name, view } of everyHostedViewInEveryLanguage()) {
        const page = await show(view);
        const small = await page.evaluate(() =>
          Array.from(document.querySelectorAll('a, button, input:not([type=hidden])'), (target) => ({
            text: target.textContent || target.id,
            height: target.getBoundingClientRect().height,
            width: target.getBoundingClientRect().width,
          })).filter(({ height, width }) => height < 44 || width < 44),
        );
        expect(small, name).toEqual([]);
      }
    });
  });

  test('shows where the focus is by a ring of 3 px, on everything that can be reached', async () => {
    await withPage({}, async (show) => {
      const page = await show(viewNamed('form, problems'));
      const reached: string[] = [];
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === null || element === document.body) return null;
          return { id: element.id || element.textContent?.trim() || '', ring: getComputedStyle(element).outlineWidth };
        });
        if (focused === null) break;
        expect(focused).toEqual({ id: focused.id, ring: '3px' });
        reached.push(focused.id);
      }
      const fields = ['card_number', 'card_expiry', 'card_cvc', 'card_name', 'email', 'phone', 'Save card'];
      expect(reached.filter((id) => fields.includes(id))).toEqual(fields);
    });
  });

  test('takes the focus to its heading, or to the notice where there is one', async () => {
    await withPage({}, async (show) => {
      for (const { name, view } of everyHostedView('en')) {
        const page = await show(view);
        // Browsers move the focus a moment after the page has loaded.
        await page.waitForFunction(() => document.activeElement !== document.body);
        const focused = await page.evaluate(() => document.activeElement?.tagName);
        const hasNotice = name.startsWith('form, ') && name.includes('problem');
        expect(focused, name).toBe(hasNotice || view.state === 'declined' ? 'H2' : 'H1');
      }
    });
  });

  test('is laid out by its stylesheet under its own policy, and breaks no rule of it', async () => {
    await withPage({}, async (show) => {
      const complaints: string[] = [];
      for (const { view } of everyHostedView('ja')) {
        const page = await show(view);
        page.removeAllListeners('console');
        page.on('console', (message) => {
          if (/Security Policy|Refused|Trusted/.test(message.text())) complaints.push(message.text());
        });
        await page.reload();
        expect(await page.evaluate(() => getComputedStyle(document.body).margin)).toBe('0px');
      }
      expect(complaints).toEqual([]);
    });
  });

  const JOURNEYS = [
    { way: 'by way of the card company', asksForAuthentication: true },
    { way: 'straight on to the merchant', asksForAuthentication: false },
  ];
  for (const { way, asksForAuthentication } of JOURNEYS)
    test(`saves a card with scripts off, ${way}`, { timeout: 120_000 }, async () => {
      const others = await listen((request, response) => {
        const isCardCompany = request.url?.startsWith('/acs') === true;
        response.setHeader('content-type', 'text/html');
        response.end(
          isCardCompany ? `<a id="pass" href="${setup.origin}/setup/cs_0123456789">pass</a>` : '<h1>Thank you</h1>',
        );
      });
      const posted: URLSearchParams[] = [];
      const setup = await listen(async (request, response) => {
        const path = new URL(request.url ?? '/', 'http://localhost').pathname;
        const asset = hostedAssets().find((candidate) => candidate.path === path);
        if (asset !== undefined) return answer(response, 200, hostedAssetHeaders(asset.contentType), asset.body);
        if (path.endsWith('/continue')) {
          wasSentOn = true;
          return answer(response, 303, { location: `${others.origin}/acs` }, '');
        }
        if (request.method === 'POST') {
          posted.push(new URLSearchParams(await textOf(request)));
          return answer(response, 303, { location: path }, '');
        }
        const page = renderHostedPage(viewNow());
        return answer(response, page.status, page.headers, page.html);
      });
      let wasSentOn = !asksForAuthentication;
      const viewNow = (): HostedPageView => {
        if (posted.length === 0) return viewNamed('form');
        return wasSentOn ? { ...savedView(), continueUrl: `${others.origin}/thanks` } : viewNamed('challenge');
      };

      const context = await browser.newContext({ javaScriptEnabled: false });
      try {
        const tab = await context.newPage();
        await tab.goto(`${setup.origin}/setup/cs_0123456789`);
        await tab.fill('#card_number', '4242 4242 4242 4242');
        await tab.fill('#card_expiry', '12/34');
        await tab.fill('#card_cvc', '123');
        await tab.fill('#card_name', 'TARO YAMADA');
        await tab.fill('#email', 'taro@example.jp');
        await tab.click('button[type=submit]');
        if (asksForAuthentication) {
          await tab.click('text=Go to your card company');
          await tab.click('#pass');
        }
        await tab.waitForURL(`${others.origin}/thanks`);
        expect(await tab.textContent('h1')).toBe('Thank you');
      } finally {
        await context.close();
        await Promise.all([close(setup.server), close(others.server)]);
      }
      expect(posted.map((fields) => fields.get('card_name'))).toEqual(['TARO YAMADA']);
      expect([...(posted[0]?.keys() ?? [])]).toEqual([
        'locale',
        'after_attempt',
        'card_number',
        'card_expiry',
        'card_cvc',
        'card_name',
        'email',
        'phone',
      ]);
    });
});

function viewNamed(name: string) {
  const found = everyHostedView('en').find((sample) => sample.name === name);
  if (found === undefined) throw new Error(`there is no sample named ${name}`);
  return found.view;
}

function savedView() {
  const view = viewNamed('saved');
  if (view.state !== 'saved') throw new Error('the sample named "saved" is of another state');
  return view;
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>) {
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  response.writeHead(status, headers);
  response.end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
