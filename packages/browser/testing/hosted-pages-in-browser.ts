import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core';
import { expect } from 'vitest';
import { hostedAssets, hostedScripts } from '../src/hosted/assets.js';
import { brandStylesheet, pageBrandOf } from '../src/hosted/brand-assets.js';
import type { FormAnswer } from '../src/hosted/form-answer.js';
import { hostedAssetHeaders } from '../src/hosted/headers.js';
import { type HostedPage, type HostedPageView, renderHostedPage } from '../src/index.js';
import { aLogo } from './a-logo.js';
import { A_BRANDING } from './hosted-views.js';

export const PAGE_ADDRESS = 'http://localhost/setup/cs_0123456789';

/** A tab that shows hosted pages without a network: each request is answered from what is rendered. */
export interface HostedTab {
  show(view: HostedPageView): Promise<Page>;
  /** How the next forms are answered; `null`: there is no connection. Waits for `release` where one is given. */
  answerFormsWith(answer: FormAnswer | null, release?: Promise<void>): void;
  /** What the page's script has posted. */
  readonly posted: URLSearchParams[];
  /** Every path that was asked for. */
  readonly asked: string[];
}

export async function withHostedTab(
  browser: Browser,
  options: BrowserContextOptions,
  use: (tab: HostedTab) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  const posted: URLSearchParams[] = [];
  const asked: string[] = [];
  let shown: HostedPage | null = null;
  let answer: FormAnswer | null = { kind: 'moved' };
  let release: Promise<void> | undefined;

  const answerForm = async (request: Request) => {
    posted.push(new URLSearchParams(request.postData() ?? ''));
    await release;
    return answer;
  };
  await tab.route('**/*', async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    asked.push(pathname);
    const asset = ASSETS.find(({ path }) => path === pathname);
    if (asset !== undefined) {
      await route.fulfill({ headers: hostedAssetHeaders(asset.contentType), body: asset.body });
    } else if (pathname !== new URL(PAGE_ADDRESS).pathname || shown === null) {
      await route.abort();
    } else if (request.method() === 'POST') {
      const given = await answerForm(request);
      if (given === null) await route.abort();
      else await route.fulfill({ contentType: 'application/json; charset=utf-8', body: JSON.stringify(given) });
    } else {
      const { refresh: _, ...headers } = shown.headers;
      await route.fulfill({ status: shown.status, headers, body: shown.html });
    }
  });
  try {
    await use({
      posted,
      asked,
      async show(view) {
        shown = renderHostedPage(view);
        await tab.goto(PAGE_ADDRESS);
        return tab;
      },
      answerFormsWith(next, until) {
        answer = next;
        release = until;
      },
    });
  } finally {
    await tab.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  }
}

const LOGO = {
  path: pageBrandOf(A_BRANDING)?.logo?.path ?? '',
  contentType: 'image/png',
  body: aLogo({ width: 320, height: 128 }),
};
const ASSETS = [...hostedAssets(), ...hostedScripts(), ...[brandStylesheet(A_BRANDING) ?? []].flat(), LOGO];

/** Pictures of the last run, for people to look at; git does not keep them. */
const PICTURES = resolve(import.meta.dirname, '../../../.pictures');

export async function keepPicture(page: Page, folder: string, name: string): Promise<void> {
  mkdirSync(join(PICTURES, folder), { recursive: true });
  const path = join(PICTURES, folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`);
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
}

/** WCAG 2.0 to 2.2, A and AA, and axe's own good practices. axe is a script: open the page with `bypassCSP`. */
export async function expectNoFindings(page: Page, name: string, runOnly?: readonly string[]): Promise<void> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(
    (options) => (window as unknown as { axe: typeof axe }).axe.run(options),
    (runOnly === undefined ? {} : { runOnly: [...runOnly] }) as axe.RunOptions,
  );
  const findings = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect(findings, name).toEqual([]);
  expect(passes.map(({ id }) => id)).toContain('color-contrast');
}
