import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type BrowserFile, browserFiles } from './browser-files.js';
import { pathOf, renderFrameDocument } from './frame-document.js';
import { frameDocumentHeaders, immutableFileHeaders, namedScriptHeaders } from './headers.js';
import { listScripts, sdkPath } from './script-list.js';

describe('what browsers load', () => {
  const { scripts, frames, style, all } = browserFiles();
  const payments = scripts['payments.js'];
  const gzipped = (...files: BrowserFile[]) => files.reduce((sum, { gzip }) => sum + (gzip as Buffer).length, 0);
  const document = Buffer.from(renderFrameDocument({ ...A_FRAME(), ancestors: { origins: [], loopback: true } }));
  const payment = (locale: 'ja' | 'en') => [frames.payment.script, frames.payment.texts[locale]] as const;
  const checkout = (locale: 'ja' | 'en') => [frames.checkout.script, frames.checkout.texts[locale]] as const;
  // biome-ignore format: a table
  const budgets = [
    // what                                                 bytes                                                     at most
    ['payments.js',                                         gzipped(payments),                                        6_000],
    ['loader.js',                                           gzipped(scripts['loader.js']),                            6_000],
    ['onfile.js',                                           gzipped(scripts['onfile.js']),                            6_000],
    ['payment frame, scripts, Japanese',                    gzipped(...payment('ja')),                                16_000],
    ['payment frame, scripts, English',                     gzipped(...payment('en')),                                16_000],
    ['address frame, scripts, Japanese',                    gzipped(frames.address.script, frames.address.texts.ja),  16_000],
    ['checkout frame, scripts, Japanese',                   gzipped(...checkout('ja')),                               17_300],
    ['checkout frame, scripts, English',                    gzipped(...checkout('en')),                               16_900],
    ['all until the form is usable',                        gzipped(payments, ...payment('ja'), style) + gzipSync(document).length, 30_000],
  ] as const;
  console.table(budgets.map(([what, bytes, most]) => ({ what, 'gzip, bytes': bytes, 'at most': most })));
  test.each(budgets)('%s: %i bytes are within %i', (_, bytes, most) => expect(bytes).toBeLessThanOrEqual(most));

  test('is in gzip what it is without', () => {
    for (const { body, gzip } of all) expect(gunzipSync(gzip as Buffer).equals(body)).toBe(true);
  });

  test('has its own hash in its list, its address, or both', () => {
    for (const { body, integrity } of all) {
      expect(integrity).toBe(`sha384-${createHash('sha384').update(body).digest('base64')}`);
    }
    const listed = listScripts().scripts.map(({ path }) => path);
    expect(listed).toEqual(
      expect.arrayContaining(['/payments.js', sdkPath('payments.js'), pathOf(frames.payment.script)]),
    );
    expect(
      listScripts().scripts.every(({ reason, integrity }) => reason !== '' && integrity.startsWith('sha384-')),
    ).toBe(true);
  });

  test('asks no other host for anything', () => {
    const addresses = all.flatMap(
      ({ body }) => body.toString().match(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/gi) ?? [],
    );
    expect(addresses.filter((address) => !NAMESPACES.test(address))).toEqual([]);
  });
});

/** Names of vocabularies, which look like addresses and are asked by nobody. */
const NAMESPACES = /^http:\/\/www\.w3\.org/;

function A_FRAME() {
  return { form: 'payment', locale: 'ja', isDark: false, publicKey: 'pk_test_1', mode: 'test', refused: null } as const;
}

describe('the document of a frame', () => {
  test('escapes what it is given', () => {
    const html = renderFrameDocument({
      ...A_FRAME(),
      publicKey: '"><script>alert(1)</script>',
      ancestors: { origins: ['https://shop.example'], loopback: false },
    });
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('data-origins="https://shop.example"');
  });

  test('is shown by the merchant’s pages alone, and by the own machine in test mode', () => {
    const ancestorsIn = (headers: Readonly<Record<string, string>>) =>
      /frame-ancestors ([^;]*)/.exec(headers['content-security-policy'] ?? '')?.[1];
    const origins = ['https://shop.example', 'https://pay.example:8443'];
    expect(ancestorsIn(frameDocumentHeaders({ origins, loopback: false }))).toBe(origins.join(' '));
    expect(ancestorsIn(frameDocumentHeaders({ origins: [], loopback: false }))).toBe("'none'");
    expect(ancestorsIn(frameDocumentHeaders({ origins: [], loopback: true }))).toBe(
      'http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:*',
    );
  });

  test('has the policy of a page that holds card numbers', () => {
    const headers = frameDocumentHeaders({ origins: [], loopback: false });
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'cross-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
  });
});

test('a script under a fixed name is asked for again soon, one with a hash never', () => {
  expect(namedScriptHeaders({ contentType: 'text/javascript', etag: '"1"' })).toMatchObject({
    'cache-control': 'public, max-age=300, must-revalidate',
    'cross-origin-resource-policy': 'cross-origin',
    etag: '"1"',
  });
  expect(immutableFileHeaders('text/javascript')['cache-control']).toBe('public, max-age=31536000, immutable');
});
