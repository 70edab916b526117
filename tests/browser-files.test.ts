import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningOnfile, startOnfile } from './running-server.js';

describe('the vault’s origin, for browsers', () => {
  let onfile: RunningOnfile;
  beforeAll(async () => {
    onfile = await startOnfile();
  });
  afterAll(() => onfile?.stop());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(onfile.vaultUrl + path, { headers });
  const digest = async (response: Response) =>
    `sha384-${createHash('sha384')
      .update(new Uint8Array(await response.arrayBuffer()))
      .digest('base64')}`;

  test('serves every script that it lists, with the hash that it lists', async () => {
    const { scripts } = (await (await get('/scripts.json')).json()) as {
      scripts: { path: string; integrity: string }[];
    };
    expect(scripts.length).toBeGreaterThanOrEqual(8);
    for (const { path, integrity } of scripts) {
      const response = await get(path);
      expect(await digest(response), path).toBe(integrity);
      // The hosted page's is for that page alone.
      const sharing = path.startsWith('/assets/hosted-') ? 'same-origin' : 'cross-origin';
      expect(response.headers.get('cross-origin-resource-policy'), path).toBe(sharing);
      const isNamed = path === '/payments.js' || path === '/assets/loader.js';
      expect(response.headers.get('cache-control')?.includes('immutable'), path).toBe(!isNamed);
    }
  });

  test('says at once that a script is the same, and where another release’s is asked for, which one is here', async () => {
    const etag = (await get('/payments.js')).headers.get('etag') ?? '';
    const again = await get('/payments.js', { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await get('/sdk/0.0.0-00000000/payments.js');
    expect([other.status, await other.text()]).toEqual([404, expect.stringContaining('/scripts.json')]);
    for (const path of ['/frame/assets/x.js', '/frame/assets/..%2fmanifest.json']) {
      expect((await get(path)).status).toBe(404);
    }
  });

  test('lets the merchant’s registered pages show the form, from the next request on', async () => {
    const { storage, merchantId, publicKey, clock } = onfile;
    const ancestors = async (key: string) => {
      const response = await get(`/frame/payment?${new URLSearchParams({ key, locale: 'en' })}`);
      const [, sources] = /frame-ancestors ([^;]*)/.exec(response.headers.get('content-security-policy') ?? '') ?? [];
      return { status: response.status, sources };
    };
    const loopback = 'http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:*';
    expect(await ancestors(publicKey)).toEqual({ status: 200, sources: loopback });
    await storage.addMerchantOrigin(merchantId, 'https://shop.example', clock.now());
    expect(await ancestors(publicKey)).toEqual({ status: 200, sources: `https://shop.example ${loopback}` });

    const other = await onfile.addMerchant('Another shop');
    expect(await ancestors(other.publicKey)).toEqual({ status: 200, sources: loopback });
  });

  test('shows no form for a key that is none, or a secret one, and never writes such a key into a page', async () => {
    for (const key of ['', 'pk_test_unknown', onfile.secretKey]) {
      const response = await get(`/frame/payment?${new URLSearchParams({ key })}`);
      const html = await response.text();
      expect(response.status).toBe(401);
      expect(html).toContain('data-refused="unknown_key"');
      if (key !== '') expect(html).not.toContain(key);
    }
  });

  test('is the only origin that does so', async () => {
    for (const path of [
      '/payments.js',
      '/assets/loader.js',
      '/scripts.json',
      `/frame/payment?key=${onfile.publicKey}`,
      `/frame/checkout?key=${onfile.merchantId}`,
    ]) {
      expect((await fetch(onfile.apiUrl + path)).status).toBe(404);
    }
  });
});
