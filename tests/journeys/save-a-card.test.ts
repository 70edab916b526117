import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as payjp from '@payjp/payjpv2';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { announceMissingChromium, CHROMIUM_ARGS, findChromium } from '../browser.js';
import { type DevProcess, freePorts, startDev } from '../dev-process.js';
import { answerBank, closePages } from './pages-under-test.js';

const ROOT = resolve(import.meta.dirname, '../..');
const executablePath = findChromium();
if (!executablePath) announceMissingChromium('the journeys of a customer’s browser, from empty form to saved card');

describe.skipIf(!executablePath)('a customer saves a card', () => {
  let folder: string;
  let dev: DevProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onfile-journey-'));
    dev = await startDev({ dataDir: folder, port: await freePorts() });
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
  });
  afterAll(async () => {
    await browser?.close();
    await dev?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-US' });
    page = await context.newPage();
  });
  afterEach((test) => closePages(context, test));

  function sdk() {
    const { apiUrl, merchant } = dev.description;
    return { client: payjp.createClient({ apiKey: merchant.secretKey, baseUrl: apiUrl }), throwOnError: true } as const;
  }

  async function aSession(parts: Partial<payjp.CheckoutSessionCreateRequest> = {}) {
    const { data: customer } = await payjp.createCustomer({ ...sdk(), body: {} });
    const { data: session } = await payjp.createCheckoutSession({
      ...sdk(),
      body: {
        mode: 'setup',
        customer_id: customer.id,
        success_url: `${dev.description.demoUrl}/?saved={CHECKOUT_SESSION_ID}`,
        cancel_url: `${dev.description.demoUrl}/?canceled`,
        ...parts,
      },
    });
    return { customer, session, flowId: session.setup_flow_id as string };
  }

  async function flow(id: string) {
    const { data } = await payjp.getSetupFlow({ ...sdk(), path: { setup_flow_id: id } });
    return data;
  }

  async function fillCard(number: string): Promise<void> {
    await page.fill('[name=card_number]', number);
    await page.fill('[name=card_expiry]', '12/34');
    await page.fill('[name=card_cvc]', '123');
    await page.fill('[name=card_name]', 'TARO YAMADA');
    await page.fill('[name=email]', 'taro@example.com');
    await page.click('button[type=submit]');
  }

  async function answerChallenge(outcome: 'pass' | 'fail' | 'cancel'): Promise<void> {
    await page.click('main a.button');
    await answerBank(page, outcome);
  }

  test('with the sample of the README, PAY.JP’s SDK and 3-D Secure', async () => {
    const sample = spawn(process.execPath, ['examples/save-a-card.mjs'], {
      cwd: ROOT,
      env: { ...process.env, ONFILE_DEV_FILE: join(folder, 'dev.json') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    sample.stdout.setEncoding('utf8');
    const address = new Promise<string>((found) => {
      sample.stdout.on('data', (text: string) => {
        printed += text;
        const [url] = /http\S+\/setup\/\S+/.exec(printed) ?? [];
        if (url) found(url);
      });
    });
    const ended = once(sample, 'exit');
    await page.goto(await address);
    await fillCard('4242 4242 4242 4242');
    await answerChallenge('pass');
    await page.waitForURL(`${dev.description.demoUrl}/**`);

    expect((await ended)[0]).toBe(0);
    expect(printed).toContain('The setup flow is succeeded.');
    expect(printed).toContain('Saved: Visa ending in 4242');
    expect(printed).toContain('The checkout session is complete.');
    expect(printed.split('oldest first:\n')[1]?.trim().split(/\s+/)).toEqual([
      'customer.created',
      'setup_flow.created',
      'setup_flow.requires_action',
      'payment_method.attached',
      'setup_flow.succeeded',
      'checkout.session.completed',
    ]);
  });

  test('after a card that is declined and a challenge that is failed, with a third try', async () => {
    const { session, customer, flowId } = await aSession();
    await page.goto(session.url);
    await fillCard('4000 0000 0000 0002');
    await page.waitForSelector('#notice-heading');
    expect((await flow(flowId)).last_setup_error).toMatchObject({ code: 'card_declined' });

    await fillCard('5555 5555 5555 4444');
    await answerChallenge('fail');
    await page.waitForSelector('#notice-heading');
    expect((await flow(flowId)).last_setup_error).toMatchObject({ code: 'three_d_secure_failed' });

    await fillCard('3530 1113 3330 0000');
    await answerChallenge('pass');
    await page.waitForURL(`**/?saved=${session.id}`);
    const { data: methods } = await payjp.getCustomerPaymentMethods({ ...sdk(), path: { customer_id: customer.id } });
    expect(methods.data.map((method) => 'card' in method && method.card.brand)).toEqual(['JCB']);
  });

  test('without JavaScript, on a narrow screen, in Japanese', async () => {
    const narrow = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 320, height: 640 },
      locale: 'ja-JP',
    });
    page = await narrow.newPage();
    const { session, flowId } = await aSession();
    await page.goto(session.url);
    expect(await page.textContent('button[type=submit]')).toContain('カードを登録する');
    await fillCard('４２４２ ４２４２ ４２４２ ４２４２');
    await answerChallenge('pass');
    await page.waitForURL(`**/?saved=${session.id}`);
    expect((await flow(flowId)).status).toBe('succeeded');
    await narrow.close();
  });

  test('who leaves the challenge is brought back to it, and can go on', async () => {
    const { session, flowId } = await aSession();
    await page.goto(session.url);
    await fillCard('4242 4242 4242 4242');
    await answerChallenge('cancel');
    await page.waitForURL(`${dev.description.vaultUrl}/setup/**`);
    expect((await flow(flowId)).status).toBe('requires_action');
    await page.goto(session.url);
    await answerChallenge('pass');
    await page.waitForURL(`**/?saved=${session.id}`);
    expect((await flow(flowId)).status).toBe('succeeded');
  });

  test('whose double click and second tab make one attempt', async () => {
    const { session, flowId } = await aSession();
    const secondTab = await context.newPage();
    await Promise.all([page.goto(session.url), secondTab.goto(session.url)]);
    await fillCard('4242 4242 4242 4242');
    const first = page;
    page = secondTab;
    await fillCard('5555 5555 5555 4444');
    page = first;
    await answerChallenge('pass');
    await page.waitForURL(`**/?saved=${session.id}`);
    const { payment_method_id: id } = await flow(flowId);
    const { data: method } = await payjp.getPaymentMethod({ ...sdk(), path: { payment_method_id: id as string } });
    expect('card' in method && method.card.last4).toBe('4242');
  });

  test('finds the way back on a session that has expired', async () => {
    const { session } = await aSession();
    await fetch(`${dev.description.apiUrl}/v2/checkout/sessions/${session.id}/expire`, {
      method: 'POST',
      headers: { authorization: `Bearer ${dev.description.merchant.secretKey}` },
    });
    const answer = await page.goto(session.url);
    expect(answer?.status()).toBe(410);
    expect(await page.locator('[name=card_number]').count()).toBe(0);
    await page.click(`a[href^="${dev.description.demoUrl}"]`);
    await page.waitForURL(`${dev.description.demoUrl}/?canceled`);
  });
});
