import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog, createMerchant, issueApiKey, readConfig, startInOrder, startServer } from '@onfile/server';
import { chromium, type Frame } from 'playwright-core';
import { startBenchDatabase } from './bench-database.js';
import { startSimulatorProcess } from './simulator-process.js';
import { quantile } from './statistics.js';

/** From a key to the frame that shows it. The goal is a p95 of 60 ms. */
export interface TypingFigures {
  readonly keys: number;
  readonly slowdown: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly mostMs: number;
}

const SLOWDOWN = 4;
const ROUNDS = 10;
const ENTRIES = { card_number: '378282246310005', card_expiry: '1234', card_cvc: '1234', card_name: 'TARO YAMADA' };

/** Types a card into the real frame, key by key, each after the frame that shows the one before. */
export async function benchTyping(): Promise<TypingFigures> {
  const { parts, stage } = await startInOrder(async (parts) => {
    const directory = await mkdtemp(join(tmpdir(), 'onfile-typing-'));
    parts.add(() => rm(directory, { recursive: true, force: true }));
    const database = await startBenchDatabase();
    parts.add(() => database.stop());
    const simulator = await startSimulatorProcess(join(directory, 'simulator'));
    parts.add(() => simulator.stop());
    const settings = {
      ONFILE_PORT: '0',
      ONFILE_DATA_DIR: join(directory, 'onfile'),
      DATABASE_URL: database.url,
      ONFILE_SIMULATOR_URL: simulator.url,
    };
    const log = createLog({ level: 'error', format: 'json', writeLine: (line) => process.stderr.write(line) });
    const server = await startServer(readConfig(settings, directory), { log });
    parts.add(() => server.stop('measured'));
    const shop = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>Shop</title><div id="one"></div>');
    });
    shop.listen(0, '127.0.0.1');
    parts.add(async () => void shop.close());
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    parts.add(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 400, height: 1_200 } });
    await page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`);
    return { parts, stage: { server, page } };
  });
  try {
    const { server, page } = stage;
    const { id: merchantId } = await createMerchant(server, 'Typing');
    const issue = (kind: 'secret' | 'public') => issueApiKey(server, { merchantId, mode: 'test', kind, name: null });
    const authorization = `Bearer ${(await issue('secret')).text}`;
    const answer = await fetch(`${server.apiUrl}/v2/setup_flows`, { method: 'POST', headers: { authorization } });
    const { client_secret: clientSecret } = (await answer.json()) as { client_secret: string };
    await page.addScriptTag({ url: `${server.vaultUrl}/payments.js` });
    const publicKey = (await issue('public')).text;
    await page.evaluate(`new Promise((ready) => {
      const form = PayjpPayments(${JSON.stringify(publicKey)}).widgets(${JSON.stringify({ clientSecret })}).createForm('payment');
      form.on('ready', ready);
      form.mount('#one');
    })`);
    const frame = page.frames().find((each) => each.url().startsWith(server.vaultUrl)) as Frame;
    await frame.evaluate(MEASURE);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, text] of Object.entries(ENTRIES)) {
        await frame.locator(`[name=${name}]`).fill('');
        for (const key of text) {
          await page.keyboard.press(key === ' ' ? 'Space' : key);
          await frame.evaluate('window.shown');
        }
      }
    }
    const spent = (await frame.evaluate('window.spent')) as number[];
    return {
      keys: spent.length,
      slowdown: SLOWDOWN,
      p50Ms: quantile(spent, 0.5),
      p95Ms: quantile(spent, 0.95),
      mostMs: quantile(spent, 1),
    };
  } finally {
    await parts.stopAll();
  }
}

/** From when the key came to the browser, to right after the frame in which everything of it is drawn. */
const MEASURE = `
  window.spent = [];
  addEventListener('keydown', ({ timeStamp }) => {
    window.shown = new Promise((shown) => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => shown(window.spent.push(performance.now() - timeStamp));
      port2.postMessage(null);
    }));
  }, true);
`;
