import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aLogo } from '../../packages/browser/testing/a-logo.js';
import type { TestMerchant } from '../running-server.js';
import { ask, makeOperatorWorld, type OperatorWorld, payjp } from './world.js';

let world: OperatorWorld;
let other: TestMerchant;
let path: string;
beforeAll(async () => {
  world = await makeOperatorWorld();
  other = await world.onfile.addMerchant('Another shop');
  path = `/merchants/${world.onfile.merchantId}/branding`;
});
afterAll(() => world?.stop());

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const LOGO = base64(aLogo({ width: 320, height: 128 }));

describe('A merchant’s look', () => {
  test('is our own until somebody changes it, with every contrast measured', async () => {
    const { json } = await ask(world, `GET ${path}`);
    expect(json).toMatchObject({ merchant_id: world.onfile.merchantId, accent: null, radius: null, logo: null });
    expect(json.contrasts).toHaveLength(8);
    for (const { ratio } of json.contrasts) expect(ratio).toBeGreaterThanOrEqual(4.5);
  });

  test('changes in the parts that are sent, and a part goes with null', async () => {
    const first = {
      display_name: ' Sunny Café ',
      accent: '#0B6B4F',
      radius: 20,
      homepage_url: 'https://sunny.example/',
    };
    const kept = { ...first, display_name: 'Sunny Café', accent: '#0b6b4f' };
    expect((await ask(world, `PATCH ${path}`, { body: first })).json).toMatchObject(kept);
    const { json } = await ask(world, `PATCH ${path}`, { body: { radius: null, background: '#fafafa' } });
    expect(json).toMatchObject({ ...kept, radius: null, background: '#fafafa' });
    expect((await ask(world, `GET ${path}`)).json).toEqual(json);
  });

  test('shows on the hosted page from its next opening on', async () => {
    const session = await payjp(world, 'POST /v2/checkout/sessions', { mode: 'setup' });
    const html = async () => (await fetch(session.url)).text();
    expect(await html()).toContain('Sunny Café');
    await ask(world, `PATCH ${path}`, { body: { display_name: 'Rainy Café' } });
    expect(await html()).toContain('Rainy Café');
  });

  test('with a logo keeps it whatever else changes, until it is taken away', async () => {
    const { json } = await ask(world, `PUT ${path}/logo`, { body: { image: LOGO } });
    expect(json.logo).toEqual({
      format: 'png',
      width: 320,
      height: 128,
      digest: expect.stringMatching(/^[\da-f]{64}$/),
    });
    const stored = await world.onfile.storage.loadLogo(world.onfile.merchantId, json.logo.digest);
    expect(base64(stored?.bytes ?? new Uint8Array())).toBe(LOGO);
    expect((await ask(world, `PATCH ${path}`, { body: { radius: 4 } })).json).toEqual({ ...json, radius: 4 });
    expect((await ask(world, `DELETE ${path}/logo`)).json).toEqual({ ...json, radius: 4, logo: null });
  });

  test('goes as a whole', async () => {
    await ask(world, `PUT ${path}/logo`, { body: { image: LOGO } });
    const { json } = await ask(world, `DELETE ${path}`);
    expect(json).toMatchObject({ display_name: null, accent: null, background: null, homepage_url: null, logo: null });
    expect((await ask(world, `GET ${path}`)).json).toEqual(json);
  });
});

describe('A look is refused', () => {
  test('for colours that cannot be read, with what they measure and the nearest that can be taken', async () => {
    const { status, json } = await ask(world, `PATCH ${path}`, { body: { accent: '#ffd400', radius: 4 } });
    expect([status, json.error.code, json.error.param]).toEqual([400, 'branding_refused', 'accent']);
    const [{ nearest }] = json.error.contrasts;
    expect(json.error.contrasts).toEqual([
      { field: 'accent', theme: 'light', pair: 'accent_on_panel', ratio: 1.43, required: 4.5, nearest },
    ]);
    expect(json.error.message).toContain(
      `1.43 to 1 in the light theme and needs 4.5; the nearest colour that passes is ${nearest}`,
    );
    expect((await ask(world, `GET ${path}`)).json.radius).toBeNull();
    expect((await ask(world, `PATCH ${path}`, { body: { accent: nearest } })).json.accent).toBe(nearest);
    await ask(world, `DELETE ${path}`);
  });

  test('for a colour that cannot be read on one that was set before', async () => {
    await ask(world, `PATCH ${path}`, { body: { background: '#e0e0e0' } });
    const { json } = await ask(world, `PATCH ${path}`, { body: { accent: '#767676' } });
    expect(json.error.contrasts).toMatchObject([{ field: 'accent', pair: 'accent_on_background' }]);
    await ask(world, `DELETE ${path}`);
  });

  // biome-ignore format: a table
  const refused = [
    [{ display_name: '字'.repeat(81) },                'display_name'],
    [{ display_name: 'a\u202eb' },                     'display_name'],
    [{ accent: 'red' },                                'accent'],
    [{ background_dark: '#12345' },                    'background_dark'],
    [{ radius: 25 },                                   'radius'],
    [{ radius: 1.5 },                                  'radius'],
    [{ homepage_url: 'javascript:alert(1)' },          'homepage_url'],
    [{ homepage_url: 'http://shop.example/' },         'homepage_url'],
    [{ logo: 'nothing' },                              'logo'],
  ] as const;
  for (const [body, param] of refused) {
    test(`like ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const { status, json } = await ask(world, `PATCH ${path}`, { body });
      expect([status, json.error.param]).toEqual([400, param]);
    });
  }

  // biome-ignore format: a table
  const logos = [
    ['a drawing',                base64(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),  'SVG is refused'],
    ['a small image',            base64(aLogo({ width: 8, height: 8 })),                            'too small'],
    ['too many bytes',           base64(new Uint8Array(24_577)),                                    'too large'],
    ['nothing',                  '',                                                                'Base64'],
    ['no Base64',                'data:image/png;base64,AAAA',                                      'Base64'],
    ['Base64 with a line break', `${LOGO.slice(0, 76)}\n${LOGO.slice(76)}`,                         'Base64'],
  ] as const;
  for (const [what, image, reason] of logos) {
    test(`with ${what} for a logo`, async () => {
      const { status, json } = await ask(world, `PUT ${path}/logo`, { body: { image } });
      expect([status, json.error.code, json.error.param]).toEqual([400, 'logo_refused', 'image']);
      expect(json.error.message).toContain(reason);
      expect((await ask(world, `GET ${path}`)).json.logo).toBeNull();
    });
  }
});

describe('A merchant with its secret key', () => {
  test('sees its own look, and of another’s not that there is one', async () => {
    const own = await ask(world, `GET ${path}`, { key: world.onfile.secretKey });
    expect(own.json.merchant_id).toBe(world.onfile.merchantId);
    for (const id of [other.merchantId, '01990000-0000-7000-8000-000000000000', 'nothing']) {
      const { status, json } = await ask(world, `GET /merchants/${id}/branding`, { key: world.onfile.secretKey });
      expect([status, json.error.code]).toEqual([404, 'merchant_unknown']);
    }
  });

  test('changes nobody’s look, not even its own', async () => {
    const before = (await ask(world, `GET ${path}`)).json;
    for (const [target, body] of [
      [`PATCH ${path}`, { radius: 9 }],
      [`DELETE ${path}`, undefined],
      [`PUT ${path}/logo`, { image: LOGO }],
      [`DELETE ${path}/logo`, undefined],
    ] as const) {
      const { status } = await ask(world, target, { key: world.onfile.secretKey, ...(body && { body }) });
      expect([target, status]).toEqual([target, 403]);
    }
    expect((await ask(world, `GET ${path}`)).json).toEqual(before);
  });
});
