import { type BrowserContext, errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { type TestContext, vi } from 'vitest';

const CLICKS_MAX = 5;
const LEAVING_MS = 5_000;
const TEXT_CHARACTERS_MAX = 600;

/**
 * Gives the card company's page its answer. It is in a frame within a frame, whose place may still move while a click is on its way;
 * then nothing is hit, and whoever sees the page still there clicks again.
 */
export async function answerBank(bank: Page | FrameLocator, outcome: 'pass' | 'fail' | 'cancel'): Promise<void> {
  const button = bank.locator(`button[value=${outcome}]`);
  await button.click();
  for (let clicks = 1; !(await isLeft(button)); clicks += 1) {
    if (clicks === CLICKS_MAX) throw new Error(`The card company’s page is still there after ${clicks} clicks`);
    await button.click({ timeout: LEAVING_MS }).catch(ignoreTimeout);
  }
}

/** Also when the frame that it was in is gone. */
function isLeft(button: Locator): Promise<boolean> {
  return vi
    .waitUntil(async () => !(await button.isVisible()), { timeout: LEAVING_MS })
    .then(() => true)
    .catch(() => false);
}

function ignoreTimeout(error: unknown): void {
  if (!(error instanceof errors.TimeoutError)) throw error;
}

/** Closes the pages of a test; of one that failed it tells first what they showed, which is all that can be known of them later. */
export async function closePages(context: BrowserContext, { task }: Pick<TestContext, 'task'>): Promise<void> {
  const shown = task.result?.state === 'fail' ? await Promise.all(context.pages().flatMap(framesOf)) : [];
  await context.close();
  if (shown.length > 0) throw new Error(`What was shown when the test failed:\n${shown.join('\n')}`);
}

function framesOf(page: Page): readonly Promise<string>[] {
  return page.frames().map(async (frame) => {
    const text = await frame
      .locator('body')
      .textContent({ timeout: LEAVING_MS })
      .catch((error: Error) => `(${error.message})`);
    return `${frame.url()}\n${text?.slice(0, TEXT_CHARACTERS_MAX)}\n`;
  });
}
