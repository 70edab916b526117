import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from './browser.js';
import { PaymentFormPage } from './journeys/payment-form-page.js';
import { type MerchantPages, startMerchantPages } from './merchant-pages.js';
import { type RunningOnfile, startOnfile } from './running-server.js';

const executablePath = findChromium();
if (!executablePath) announceMissingChromium('what a browser loads until the card form is usable');

interface Loaded {
  readonly path: string;
  readonly gzipBytes: number;
}

describe.skipIf(!executablePath)('until the card form is usable', () => {
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

  /** Everything that the vault's origin sends meanwhile. */
  async function loadedBy(act: (page: Page) => Promise<unknown>): Promise<readonly Loaded[]> {
    const page = await browser.newPage();
    const loaded: Promise<Loaded>[] = [];
    page.on('response', (response) => {
      const { origin, pathname: path } = new URL(response.url());
      if (origin !== onfile.vaultUrl) return;
      loaded.push(response.body().then(async (body) => ({ path, gzipBytes: await sentBytes(response.url(), body) })));
    });
    try {
      await act(page);
      // What comes later is no part of it, and the page may be closed before its body is there.
      page.removeAllListeners('response');
      return await Promise.all(loaded);
    } finally {
      await page.close();
    }
  }

  test('the budget holds: bytes, requests, and nothing that is not wanted yet', { timeout: 60_000 }, async () => {
    const rows: { what: string; found: number; 'at most': number }[] = [];
    const sum = (files: readonly Loaded[]) => files.reduce((bytes, each) => bytes + each.gzipBytes, 0);
    for (const locale of ['ja', 'en'] as const) {
      const files = await loadedBy(async (page) => {
        const own = new PaymentFormPage(page, onfile, shop);
        await own.open(await own.createFlow(), { locale });
        await own.mount();
      });
      // The reading of the flow begins once the form is there.
      const wanted = files.filter(({ path }) => !path.startsWith('/v2/'));
      const scripts = wanted.filter(({ path }) => path.startsWith('/frame/assets/') && path.endsWith('.js'));
      rows.push(
        { what: `payment frame, scripts, ${locale}: bytes`, found: sum(scripts), 'at most': 16_000 },
        { what: `all until usable, ${locale}: bytes`, found: sum(wanted), 'at most': 30_000 },
        { what: `all until usable, ${locale}: requests`, found: files.length, 'at most': 6 },
      );
      expect(wanted.map(({ path }) => path).filter((path) => path.includes('postal-codes'))).toEqual([]);
    }
    const response = await fetch(`${onfile.apiUrl}/v2/checkout/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${onfile.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ mode: 'setup', success_url: `${shop.origin}/done` }),
    });
    const { url } = (await response.json()) as { url: string };
    const hosted = await loadedBy((page) => page.goto(url, { waitUntil: 'load' }));
    expect(hosted.length).toBeGreaterThan(0);
    rows.push({ what: 'hosted page: bytes', found: sum(hosted), 'at most': 60_000 });

    console.table(rows);
    expect(rows.filter((row) => row.found > row['at most'])).toEqual([]);
  });
});

/** What the server sends where gzip is taken; documents, which are not compressed, as a proxy would do it. */
async function sentBytes(url: string, body: Buffer): Promise<number> {
  if (!/\.(js|css)$/.test(new URL(url).pathname)) return gzipSync(body, { level: 9 }).length;
  const { headers, body: sent } = await request(url, { headers: { 'accept-encoding': 'gzip' } });
  expect(headers['content-encoding']).toBe('gzip');
  return (await sent.bytes()).length;
}
