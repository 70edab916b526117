import { hostedAssets, hostedScripts } from '@onfile/browser';
import type { Scope, Storage } from '@onfile/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENTRIES, routesWithoutEntry } from './entries.js';
import { type Place, problemsOf, problemsOfOwn } from './matrix.js';
import { KINDS, type Kit, makeKit, nameOf } from './objects.js';
import { comparable, send } from './wire.js';
import { makeWorld, type RunningWorld } from './world.js';

let world: RunningWorld;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.stop());

/** Style sheets and the like, whose addresses hold their digests. */
const files = new Set([...hostedAssets(), ...hostedScripts()].map(({ path }) => path));
const answered = () => world.onfile.routes.filter(({ path }) => !files.has(path));

describe('the registry of routes', () => {
  test('has nothing but what the matrix knows how to test', () => {
    expect(routesWithoutEntry(answered(), ENTRIES)).toEqual([]);
    const routes = new Set(answered().map(({ method, path }) => `${method} ${path}`));
    expect(Object.keys(ENTRIES).filter((route) => !routes.has(route))).toEqual([]);
  });

  test('with a route more than that fails the same check', () => {
    const planted = [...answered(), { method: 'GET', path: '/v2/planted/:id' }];
    expect(routesWithoutEntry(planted, ENTRIES)).toEqual(['GET /v2/planted/:id']);
  });

  test('has no route with a parameter that counts as naming nothing, but those that are open to all or held elsewhere', () => {
    const open = Object.entries(ENTRIES).filter(([route, entry]) => 'public' in entry && route.includes('/:'));
    expect(open.map(([route]) => route)).toEqual([
      'GET /errors/:code',
      'GET /sdk/:version/:name',
      'GET /frame/assets/:name',
      'GET /frame/postal-codes/:area',
      'GET /branding/:merchant/:file',
      'GET /setup/:id',
      'POST /setup/:id',
      'GET /operator/v1/merchants/:id',
      'PATCH /operator/v1/merchants/:id',
      'GET /operator/v1/merchants/:id/branding',
      'PATCH /operator/v1/merchants/:id/branding',
      'DELETE /operator/v1/merchants/:id/branding',
      'PUT /operator/v1/merchants/:id/branding/logo',
      'DELETE /operator/v1/merchants/:id/branding/logo',
      'DELETE /operator/v1/keys/:id',
    ]);
  });
});

describe('the objects of the matrix', () => {
  test('are of every kind that each holder can have', () => {
    const { payjp, toast } = world.kits;
    const kindsOf = (kit: Kit) => KINDS.filter((kind) => kit[kind] !== undefined);
    expect(kindsOf(payjp.theirs)).toEqual(KINDS);
    const withoutDraft = KINDS.filter((kind) => kind !== 'draft');
    expect([kindsOf(payjp.ours), kindsOf(payjp.live)]).toEqual([withoutDraft, withoutDraft]);
    expect(kindsOf(payjp.draft)).toEqual(['paymentMethod', 'looseMethod']);
    expect(kindsOf(payjp.deleted)).toEqual(['customer', 'chosenCustomer']);
    expect(kindsOf(toast.deleted)).toEqual(['customer', 'chosenCustomer', 'paymentMethod']);
  });
});

const tested = Object.entries(ENTRIES).filter(([, entry]) => !('public' in entry));
describe("an object that is not the caller's is refused as one that is not there, and nothing changes", () => {
  for (const [route, entry] of tested) {
    test(route, async () => {
      for (const place of placesOf(route)) {
        expect(await problemsOf(world, place, entry)).toEqual([]);
        expect(await problemsOfOwn(world, place, entry, () => makeKit(world.onfile, world.owner))).toEqual([]);
      }
    });
  }
});

describe('a page whose address nobody has', () => {
  const form = { locale: 'en', card_number: '4242424242424242', card_expiry: '12/34', card_cvc: '123' };

  for (const [what, status, ask] of [
    ['GET /setup/:id', 404, (name, key) => send(world.onfile.vaultUrl, `GET /setup/${encodeURIComponent(name)}`, key)],
    ['POST /setup/:id', 404, (name, key) => post(`/setup/${encodeURIComponent(name)}`, key)],
    ['GET /authentication/return', 400, (name, key) => send(world.onfile.vaultUrl, returning(name), key)],
    ['POST /frame/challenge/abandon', 404, (name, key) => abandon(name, key)],
  ] as const satisfies readonly (readonly [
    string,
    number,
    (name: string, key: string | null) => Promise<Response>,
  ])[]) {
    test(`is the same ${status} of ${what} for every name and whoever asks`, async () => {
      const unknown = nameOf('checkoutSession', { id: world.onfile.ids.next() }, 'payjp');
      const names = [unknown, unknown.slice(0, -1), `${unknown}!`, 'nothing', '１'];
      const answers: string[] = [];
      for (const key of [null, world.owner.secretKey, world.onfile.publicKey]) {
        for (const name of names) {
          const response = await ask(name, key);
          expect(response.status).toBe(status);
          answers.push(await comparable(response, name));
        }
      }
      expect(new Set(answers).size).toBe(1);
    });
  }

  const returning = (state: string) => `GET /authentication/return?${new URLSearchParams({ state })}`;

  const abandon = (name: string, key: string | null) =>
    send(world.onfile.vaultUrl, 'POST /frame/challenge/abandon', key, { body: { client_secret: name } });

  function post(path: string, key: string | null): Promise<Response> {
    return fetch(world.onfile.vaultUrl + path, {
      method: 'POST',
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      body: new URLSearchParams(form),
    });
  }
});

/** The same matrix, on a server with a fault of one line: it has to find each. */
describe('a planted fault is found', () => {
  // biome-ignore format: a table, a line for each fault
  const faults: readonly [what: string, route: string, found: RegExp, planted: (storage: Storage) => Partial<Storage>][] = [
    ['setup intents of any merchant are loaded', 'GET /v2/setup_flows/:id', /our secret key: theirs is told from unknown/,
      ({ loadSetupIntent }) => ({ loadSetupIntent: inAnyScope('theirs', loadSetupIntent) })],
    ['… through the other dialect', 'GET /v1/setup-intents/:id', /our token: theirs is told from unknown/,
      ({ loadSetupIntent }) => ({ loadSetupIntent: inAnyScope('theirs', loadSetupIntent) })],
    ['customers of either mode are loaded', 'GET /v2/customers/:id', /our secret key: live is told from unknown/,
      ({ loadCustomer }) => ({ loadCustomer: inAnyScope('live', loadCustomer) })],
    ['mandates of any merchant are loaded', 'GET /v1/mandates/:mandateId', /our token: theirs is told from unknown/,
      ({ loadMandate }) => ({ loadMandate: inAnyScope('theirs', loadMandate) })],
    ["a customer's cards are listed for any merchant", 'GET /v2/customers/:id/payment_methods', /told from unknown/,
      ({ loadCustomer }) => ({ loadCustomer: inAnyScope('theirs', loadCustomer) })],
    ["another merchant's session breaks the request", 'GET /v2/checkout/sessions/:id', /404 expected, found 500/,
      ({ loadCheckoutSession }) => ({
        async loadCheckoutSession(scope, id) {
          if (await loadCheckoutSession(world.scopes.theirs, id)) throw new Error('planted');
          return loadCheckoutSession(scope, id);
        },
      })],
    ['a refused request leaves something', 'GET /v2/events/:id', /a refused request changed merchant_origins/,
      ({ loadEvent, addMerchantOrigin }) => ({
        async loadEvent(scope, id) {
          await addMerchantOrigin(scope.merchantId, 'https://planted.example', 0);
          return loadEvent(scope, id);
        },
      })],
  ];
  for (const [what, route, found, planted] of faults) {
    test(`${what}: ${route}`, async () => {
      const { storage } = world.onfile;
      const whole = { ...storage };
      Object.assign(storage, planted(whole));
      try {
        const [place] = placesOf(route);
        const problems = place && (await problemsOf(world, place, ENTRIES[route] ?? []));
        expect(problems?.join('\n')).toMatch(found);
      } finally {
        Object.assign(storage, whole);
      }
    });
  }

  function inAnyScope<Selector, Found>(
    beyond: 'theirs' | 'live',
    load: (scope: Scope, selector: Selector) => Promise<Found | null>,
  ) {
    return async (scope: Scope, selector: Selector) =>
      (await load(scope, selector)) ?? (await load(world.scopes[beyond], selector));
  }
});

function placesOf(route: string): readonly Place[] {
  return answered()
    .filter(({ method, path }) => `${method} ${path}` === route)
    .map(({ origin }) => ({ origin, route }));
}
