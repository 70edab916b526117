import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PAGE_TEST_CARDS } from '@onfile/browser';
import { NO_BRANDING, readLogo } from '@onfile/core';
import * as payjp from '@payjp/payjpv2';
import pg from 'pg';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aLogo } from '../../packages/browser/testing/a-logo.js';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type MerchantPages, startMerchantPages } from '../merchant-pages.js';
import { databaseUrl, type RunningOnfile, startOnfile } from '../running-server.js';
import { answerBank, closePages } from './pages-under-test.js';
import { PaymentFormPage } from './payment-form-page.js';

const ROOT = resolve(import.meta.dirname, '../..');
const executablePath = findChromium();
if (!executablePath) announceMissingChromium('the journeys over the hosted page, and the pictures of the README');

let onfile: RunningOnfile;
let shop: MerchantPages;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onfile-hosted-'));
  [onfile, shop] = await Promise.all([startOnfile(), startMerchantPages()]);
});
afterAll(async () => {
  await shop?.close();
  await onfile?.stop();
  await rm(folder, { recursive: true, force: true });
});

function sdk() {
  const { apiUrl, secretKey } = onfile;
  return { client: payjp.createClient({ apiKey: secretKey, baseUrl: apiUrl }), throwOnError: true } as const;
}

async function aSession(customerId?: string) {
  const customer = customerId ?? (await payjp.createCustomer({ ...sdk(), body: {} })).data.id;
  const { data: session } = await payjp.createCheckoutSession({
    ...sdk(),
    body: {
      mode: 'setup',
      customer_id: customer,
      success_url: `${shop.origin}/done?{CHECKOUT_SESSION_ID}`,
      cancel_url: `${shop.origin}/cart`,
    },
  });
  return { customerId: customer, url: session.url as string, flowId: session.setup_flow_id as string };
}

async function flow(id: string) {
  const { data } = await payjp.getSetupFlow({ ...sdk(), path: { setup_flow_id: id } });
  return data;
}

async function defaultOf(customerId: string) {
  const { data } = await payjp.getCustomer({ ...sdk(), path: { customer_id: customerId } });
  return data.default_payment_method_id ?? null;
}

async function attemptsSoFar(): Promise<number> {
  const client = new pg.Client(onfile.database);
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS attempts FROM setup_attempts');
  await client.end();
  return rows[0].attempts as number;
}

describe('a posted form', () => {
  async function post(url: string, number: string, headers: Record<string, string>) {
    const fields = {
      card_number: number,
      card_expiry: '12/34',
      card_cvc: number.startsWith('3782') ? '1234' : '123',
      card_name: 'TARO YAMADA',
      email: 'taro@example.com',
      locale: 'en',
      after_attempt: '',
    };
    return fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields), redirect: 'manual' });
  }

  for (const { number, outcome } of PAGE_TEST_CARDS) {
    test(`with the test card offered for "${outcome}" that ends in ${number.slice(-4)} comes to that`, async () => {
      const { url, flowId } = await aSession();
      const answer = await post(url, number, { accept: 'application/json' });
      expect(answer.status).toBe(200);
      const { status, last_setup_error: error } = await flow(flowId);
      if (outcome === 'saved') {
        expect(await answer.json()).toEqual({ kind: 'moved' });
        expect(status).toBe('requires_action');
      } else {
        expect(await answer.json()).toMatchObject({ kind: 'declined', reason: outcome });
        expect({ status, error }).toMatchObject({ status: 'requires_payment_method', error: expect.anything() });
      }
    });
  }

  test('is answered with a page or with JSON, as it asks, and never shows a number again', async () => {
    const { url } = await aSession();
    const asScript = await post(url, '4242 4242 4242 4241', { accept: 'application/json' });
    expect(asScript.status).toBe(422);
    expect(await asScript.json()).toEqual({ kind: 'problems', problems: { card_number: 'mistyped' } });
    const asForm = await post(url, '4242 4242 4242 4241', { accept: 'text/html' });
    expect(asForm.status).toBe(422);
    expect(await asForm.text()).not.toMatch(/4241/);
    const done = await post(url, '4242 4242 4242 4242', { accept: 'text/html' });
    expect([done.status, done.headers.get('location')]).toEqual([303, `${new URL(url).pathname}?locale=en`]);
  });
});

describe('a merchant’s look', () => {
  async function linked(url: string) {
    const html = await (await fetch(url)).text();
    const addresses = [...html.matchAll(/(?:href|src)="(\/branding\/[^"]+)"/g)].map(([, path]) => path ?? '');
    return { html, addresses };
  }

  test('is in the page by immutable addresses that end with it', async () => {
    const { url } = await aSession();
    expect((await linked(url)).addresses).toEqual([]);
    const { storage, merchantId, clock } = onfile;
    const settings = { ...NO_BRANDING, displayName: '喫茶ひだまり', accent: '#0b6b4f' } as const;
    await storage.saveBranding(merchantId, { ...settings, homepageUrl: 'https://hidamari.example/' }, clock.now());
    const read = readLogo(aLogo({ width: 320, height: 128 }));
    if (read.kind !== 'fine') throw new Error(read.problem);
    await storage.saveLogo(merchantId, read.image, clock.now());

    const { html, addresses } = await linked(url);
    expect(html).toContain('<a href="https://hidamari.example/">');
    expect(html).toContain('喫茶ひだまり');
    const files = await Promise.all(addresses.map((path) => fetch(onfile.vaultUrl + path)));
    expect(files.map(({ headers }) => headers.get('content-type'))).toEqual(['text/css; charset=utf-8', 'image/png']);
    for (const { status, headers } of files) {
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toContain('immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    expect(await files[0]?.text()).toContain('--accent: #0b6b4f;');

    await storage.saveBranding(merchantId, { ...settings, accent: '#7a1fa2' }, clock.now());
    await storage.saveLogo(merchantId, null, clock.now());
    for (const path of addresses) expect((await fetch(onfile.vaultUrl + path)).status, path).toBe(404);
    expect((await linked(url)).addresses).toHaveLength(1);
    await storage.saveBranding(merchantId, NO_BRANDING, clock.now());
  });

  test('is not another merchant’s, and no other address leads into it', async () => {
    const other = await onfile.addMerchant('Another shop');
    await onfile.storage.saveBranding(onfile.merchantId, { ...NO_BRANDING, radius: 4 }, onfile.clock.now());
    const [path = ''] = (await linked((await aSession()).url)).addresses;
    const elsewhere = path.replace(onfile.merchantId, other.merchantId);
    for (const wrong of [elsewhere, '/branding/x/y.css', `/branding/${onfile.merchantId}/..%2fx.png`]) {
      expect((await fetch(onfile.vaultUrl + wrong)).status, wrong).toBe(404);
    }
    await onfile.storage.saveBranding(onfile.merchantId, NO_BRANDING, onfile.clock.now());
  });

  async function branding(...args: string[]) {
    const run = promisify(execFile)(
      process.execPath,
      ['apps/cli/dist/main.js', 'merchants', 'branding', ...args, '--merchant', onfile.merchantId, '--json'],
      { cwd: ROOT, env: { ...process.env, DATABASE_URL: databaseUrl(onfile.database), ONFILE_DATA_DIR: folder } },
    );
    const { stdout, stderr, code } = await run.then(
      (done) => ({ ...done, code: 0 }),
      (failed) => failed as { stdout: string; stderr: string; code: number },
    );
    return { code, stderr, result: stdout === '' ? null : JSON.parse(stdout) };
  }

  test('is set, shown, previewed and reset from the command line', { timeout: 60_000 }, async () => {
    const logo = join(folder, 'logo.png');
    await writeFile(logo, aLogo({ width: 320, height: 128 }));
    const set = await branding('set', '--name', 'Sunny Café', '--accent', '#0B6B4F', '--logo', logo, '--radius', '20');
    expect(set).toMatchObject({ code: 0, result: { displayName: 'Sunny Café', accent: '#0b6b4f', radius: 20 } });
    expect((await linked((await aSession()).url)).addresses).toHaveLength(2);

    const preview = join(folder, 'preview.html');
    expect(await branding('preview', '--accent', '#7a1fa2', '--locale', 'en', '--out', preview)).toMatchObject({
      code: 0,
    });
    const html = await readFile(preview, 'utf8');
    expect(html).toContain('--accent: #7a1fa2;');
    expect(html).toContain('src="data:image/png;base64,');
    expect(html).not.toMatch(/<link|<script|src="\/|http:/);

    const shown = await branding('show');
    expect(shown.result).toMatchObject({ accent: '#0b6b4f', logo: { format: 'png', width: 320, height: 128 } });
    expect(shown.result.contrasts).toHaveLength(8);
    await branding('reset');
    expect((await linked((await aSession()).url)).addresses).toEqual([]);
  });

  test('that could not be read is refused on the command line, with what to write instead', {
    timeout: 60_000,
  }, async () => {
    const { code, stderr } = await branding('set', '--accent', '#ffd400');
    expect(code).toBe(2);
    expect(stderr).toContain('a contrast of 1.43 to 1 in the light theme, and 4.5 is needed');
    const [, nearest = ''] = /--accent "(#[0-9a-f]{6})"/.exec(stderr) ?? [];
    expect(await branding('set', '--accent', nearest)).toMatchObject({ code: 0, result: { accent: nearest } });
    const drawing = join(folder, 'logo.svg');
    await writeFile(drawing, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    expect((await branding('set', '--logo', drawing)).stderr).toContain('SVG is not taken');
    expect((await branding('set', '--homepage', 'http://shop.example', '--radius', 'x')).stderr).toMatch(
      /--radius.*\n.*--homepage/,
    );
    await branding('reset');
  });
});

const ENTRIES = {
  card_number: '',
  card_expiry: '1234',
  card_cvc: '123',
  card_name: 'TARO YAMADA',
  email: 'taro@example.com',
};

describe.skipIf(!executablePath)('on the hosted page a customer', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 390, height: 844 } });
    page = await context.newPage();
  });
  afterEach((test) => closePages(context, test));

  async function open(url: string): Promise<void> {
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector('form')?.noValidate === true);
  }

  async function fillIn(number: string): Promise<void> {
    for (const [id, entry] of Object.entries({ ...ENTRIES, card_number: number })) await page.fill(`#${id}`, entry);
  }

  async function answerChallenge(outcome: 'pass' | 'fail'): Promise<void> {
    await page.click('main a.button');
    await answerBank(page, outcome);
  }

  const send = () => page.click('button[type=submit]');

  test('mends a declined card by its number and code alone, makes it the default through 3-D Secure, and finds it listed', async () => {
    const { url, customerId, flowId } = await aSession();
    await open(url);
    expect(await page.locator('.saved').count()).toBe(0);
    await fillIn('4000000000000002');
    await page.check('#make_default');
    await send();
    await page.waitForSelector('#notice-heading');
    expect(await page.inputValue('#card_name')).toBe('TARO YAMADA');
    expect(await page.isChecked('#make_default')).toBe(true);

    await page.fill('#card_number', '4242424242424242');
    await page.fill('#card_cvc', '123');
    await send();
    expect(await defaultOf(customerId)).toBeNull();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done**`);
    const { status, payment_method_id: methodId } = await flow(flowId);
    expect(status).toBe('succeeded');
    expect(await defaultOf(customerId)).toBe(methodId);

    await open((await aSession(customerId)).url);
    expect(await page.textContent('.saved li')).toMatch(/Visa ending in 4242\s+expires 12\s\/\s34 Used first/u);
  });

  test('who does not wish it keeps the default that they have, and one who fails 3-D Secure makes none', async () => {
    const { url, customerId } = await aSession();
    await open(url);
    await fillIn('4242424242424242');
    await page.check('#make_default');
    await send();
    await answerChallenge('fail');
    await page.waitForSelector('#notice-heading');
    expect(await defaultOf(customerId)).toBeNull();
    await fillIn('5555555555554444');
    await send();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done**`);
    expect(await defaultOf(customerId)).toBeNull();
  });

  test('makes one attempt by a double click, a reload, the way back and a second tab', async () => {
    const { url, flowId } = await aSession();
    const before = await attemptsSoFar();
    const secondTab = await context.newPage();
    await Promise.all([open(url), secondTab.goto(url)]);
    await fillIn('4242424242424242');
    await page.locator('button[type=submit]').dblclick();
    await page.waitForSelector('ol.steps');

    await page.reload();
    await page.waitForSelector('ol.steps');
    const first = page;
    page = secondTab;
    await page.waitForFunction(() => document.querySelector('form')?.noValidate === true);
    await fillIn('5555555555554444');
    await send();
    await page.waitForSelector('ol.steps');
    page = first;
    await page.click('main a.button');
    await page.waitForSelector('button[value=pass]');
    await page.goBack();
    await page.waitForSelector('ol.steps');
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done**`);
    expect(await attemptsSoFar()).toBe(before + 1);
    const done = await flow(flowId);
    const { data: method } = await payjp.getPaymentMethod({
      ...sdk(),
      path: { payment_method_id: done.payment_method_id as string },
    });
    expect('card' in method && method.card.last4).toBe('4242');
  });

  test('without JavaScript has the same form, test cards to copy, and the wish for a default', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, locale: 'ja-JP' });
    page = await plain.newPage();
    const { url, customerId, flowId } = await aSession();
    await page.goto(url);
    await page.click('summary');
    expect(await page.isVisible('text=4000 0000 0000 0002')).toBe(true);
    expect(await page.locator('button:visible').count()).toBe(1);
    await fillIn('４２４２　４２４２　４２４２　４２４２');
    await page.check('#make_default');
    await send();
    await answerChallenge('pass');
    await page.waitForURL(`${shop.origin}/done**`);
    expect(await defaultOf(customerId)).toBe((await flow(flowId)).payment_method_id);
    await plain.close();
  });

  /** Taken anew with ONFILE_PICTURES=1; otherwise it only has to be there, and the README has to show it. */
  const isTaking = process.env.ONFILE_PICTURES === '1';
  const PICTURES = join(ROOT, 'docs/pictures');

  function expectShown(name: string): void {
    expect(existsSync(join(PICTURES, name)), `${name}: take it with ONFILE_PICTURES=1`).toBe(true);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`docs/pictures/${name}`);
  }

  test('sees what the README’s picture of the page shows', async () => {
    const name = 'hosted-page.png';
    if (isTaking) {
      const { storage, merchantId, clock } = onfile;
      const look = {
        ...NO_BRANDING,
        displayName: 'Hidamari Coffee',
        accent: '#0b6b4f',
        background: '#eef5f1',
        radius: 14,
      } as const;
      await storage.saveBranding(merchantId, look, clock.now());
      const read = readLogo(aLogo({ width: 320, height: 128 }));
      if (read.kind === 'fine') await storage.saveLogo(merchantId, read.image, clock.now());
      const wide = await browser.newContext({
        locale: 'en-US',
        viewport: { width: 640, height: 900 },
        deviceScaleFactor: 2,
      });
      page = await wide.newPage();
      await open((await aSession()).url);
      await fillIn('4242424242424242');
      await page.locator('#email').blur();
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, name), fullPage: true });
      await wide.close();
      await storage.saveBranding(merchantId, NO_BRANDING, clock.now());
      await storage.saveLogo(merchantId, null, clock.now());
    }
    expectShown(name);
  });

  test('sees what the README’s picture of the widget shows', async () => {
    const name = 'widget.png';
    if (isTaking) {
      const wide = await browser.newContext({
        locale: 'en-US',
        viewport: { width: 560, height: 1100 },
        deviceScaleFactor: 2,
      });
      page = await wide.newPage();
      const form = new PaymentFormPage(page, onfile, shop);
      await form.open(await form.createFlow(), { locale: 'en' });
      await page.evaluate(() => {
        document.body.style.margin = '20px';
      });
      const frame = await form.mount({ layout: 'tab' });
      for (const [field, entry] of Object.entries({ ...ENTRIES, card_number: '4242424242424242' })) {
        await frame.locator(`[name=${field}]`).fill(entry);
      }
      await frame.locator('[name=email]').blur();
      const box = await page.locator('#one').boundingBox();
      const clip = { x: 0, y: (box?.y ?? 0) - 16, width: 560, height: box?.height ?? 0 };
      await page.screenshot({ path: join(PICTURES, name), clip });
      await wide.close();
    }
    expectShown(name);
  });
});
