import { Validator } from '@seriousme/openapi-schema-validator';
import Value from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aLogo } from '../../packages/browser/testing/a-logo.js';
import { EMAIL, makeThings, type Things } from './things.js';
import { type Answer, ask, type Json, makeOperatorWorld, type OperatorWorld } from './world.js';

let world: OperatorWorld;
let things: Things;
let description: Json;
beforeAll(async () => {
  world = await makeOperatorWorld();
  things = await makeThings(world);
  description = (await ask(world, 'GET /openapi.json', { key: null })).json;
});
afterAll(async () => {
  await things?.receiver.close();
  await world?.stop();
});

type Request = readonly [path: string, body?: object];
type Asking = (things: Things) => readonly Request[];

const endpoints = '/webhook_endpoints';
const branding = () => `/merchants/${world.onfile.merchantId}/branding`;
const LOGO = Buffer.from(aLogo({ width: 320, height: 128 })).toString('base64');
/** A request or more for each route, with which it answers as its description says. */
// biome-ignore format: a table
const ENTRIES: Readonly<Record<string, Asking>> = {
  'GET /openapi.json':                              () => [['/openapi.json']],
  'GET /merchants':                                 () => [['/merchants'], ['/merchants?limit=1']],
  'POST /merchants':                                () => [['/merchants', { name: 'Another', origins: ['https://a.example'] }]],
  'GET /merchants/{id}':                            () => [[`/merchants/${world.onfile.merchantId}`]],
  'PATCH /merchants/{id}':                          () => [[`/merchants/${world.onfile.merchantId}`, { name: 'Renamed', origins: ['https://b.example'] }]],
  'GET /merchants/{id}/branding':                   () => [[branding()]],
  'PATCH /merchants/{id}/branding':                 () => [[branding(), { display_name: 'Sunny', accent: '#0b6b4f', radius: 4 }]],
  'PUT /merchants/{id}/branding/logo':              () => [[`${branding()}/logo`, { image: LOGO }]],
  'DELETE /merchants/{id}/branding/logo':           () => [[`${branding()}/logo`]],
  'DELETE /merchants/{id}/branding':                () => [[branding()]],
  'GET /keys':                                      () => [['/keys'], ['/keys?limit=1']],
  'POST /keys':                                     () => [['/keys', { kind: 'public', name: 'web' }], ['/keys', {}]],
  'DELETE /keys/{id}':                              ({ key }) => [[`/keys/${key.id}`]],
  'GET /webhook_endpoints':                         () => [[endpoints]],
  'POST /webhook_endpoints':                        ({ receiver }) => [[endpoints, { url: receiver.url, events: ['setup_flow.*'] }]],
  'GET /webhook_endpoints/{id}':                    ({ endpoint }) => [[`${endpoints}/${endpoint.id}`]],
  'PATCH /webhook_endpoints/{id}':                  ({ endpoint, receiver }) => [[`${endpoints}/${endpoint.id}`, { url: receiver.url, events: null }]],
  'POST /webhook_endpoints/{id}/roll_secret':       ({ endpoint }) => [[`${endpoints}/${endpoint.id}/roll_secret`, { overlap_hours: 1 }]],
  'POST /webhook_endpoints/{id}/disable':           ({ endpoint }) => [[`${endpoints}/${endpoint.id}/disable`]],
  'POST /webhook_endpoints/{id}/enable':            ({ endpoint }) => [[`${endpoints}/${endpoint.id}/enable`]],
  'GET /events':                                    ({ flow }) => [['/events?limit=100&body=payjp'], [`/events?object_id=${flow.id}&type=setup_intent.*`]],
  'GET /events/{id}':                               ({ event }) => [[`/events/${event.id}`], [`/events/${event.dialect_ids.payjp}?body=payjp`]],
  'POST /events/{id}/replay':                       ({ event, endpoint }) => [[`/events/${event.id}/replay`, { endpoint_id: endpoint.id }]],
  'GET /deliveries':                                ({ event, endpoint }) => [['/deliveries'], [`/deliveries?event_id=${event.id}&endpoint_id=${endpoint.id}`]],
  'GET /deliveries/{event_id}/{endpoint_id}':       ({ event, endpoint }) => [[`/deliveries/${event.id}/${endpoint.id}`]],
  'POST /replays':                                  ({ endpoint }) => [['/replays', { endpoint_id: endpoint.id, since: '2020-01-01T00:00:00Z', states: ['accepted', 'dead'] }]],
  'GET /setup_intents':                             () => [['/setup_intents'], ['/setup_intents?limit=1']],
  'GET /setup_intents/{id}':                        ({ flow }) => [[`/setup_intents/${flow.id}`]],
  'GET /search':                                    () => [['/search?q=4242'], [`/search?q=${EMAIL.toLowerCase()}`]],
  'GET /requests':                                  () => [['/requests?limit=100']],
  'DELETE /webhook_endpoints/{id}':                 ({ endpoint }) => [[`${endpoints}/${endpoint.id}`]],
};

test('The description is valid OpenAPI 3.1, for anybody to read', async () => {
  const result = await new Validator().validate(structuredClone(description));
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
  expect(description.openapi).toBe('3.1.0');
});

test('Every route is described, and every description is tried', () => {
  const described = Object.entries<object>(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/operator/v1', '')}`),
  );
  const answered = world.onfile.routes
    .filter(({ path }) => path.startsWith('/operator/'))
    .map(({ method, path }) => `${method} ${path.replace('/operator/v1', '').replaceAll(/:([a-z_]+)/g, '{$1}')}`);
  expect(described.sort()).toEqual(answered.sort());
  expect(Object.keys(ENTRIES).sort()).toEqual(described.sort());
});

describe('An answer is as its description says', () => {
  for (const [route, asking] of Object.entries(ENTRIES)) {
    test(route, async () => {
      const [method = '', template = ''] = route.split(' ');
      for (const [path, body] of asking(things)) {
        const answer = await ask(world, `${method} ${path}`, { ...(body && { body }), ...(forOne(route) && NAMED()) });
        expectDescribed(answer, description.paths[`/operator/v1${template}`][method.toLowerCase()], path);
      }
    });
  }

  test('also where it is an error', async () => {
    for (const [target, status, sent] of [
      ['GET /events?limit=0', 400, {}],
      ['GET /events', 401, { key: null }],
      ['GET /merchants', 403, { key: world.onfile.secretKey }],
      ['GET /events/x', 404, {}],
      ['GET /nothing', 404, {}],
      ['PUT /events', 405, {}],
      ['POST /replays', 400, { body: {} }],
      [`PATCH ${branding()}`, 400, { body: { accent: '#ffd400' } }],
      [`PUT ${branding()}/logo`, 400, { body: { image: 'AAAA' } }],
      ['POST /keys', 400, { body: { name: '4242424242424242' } }],
      ['GET /search?q=4242424242424242', 400, {}],
    ] as const) {
      const answer = await ask(world, target, { ...NAMED(), ...sent });
      expect([target, answer.status]).toEqual([target, status]);
      const problems = [...Value.Errors(description.components.schemas.Error, answer.json)];
      expect([target, problems]).toEqual([target, []]);
      expect(answer.text).not.toContain('4242424242424242');
    }
  });
});

/** There is a second merchant as soon as one was made. */
const NAMED = () => ({ headers: { 'Onfile-Merchant': world.onfile.merchantId } });
const forOne = (route: string) => !route.includes('/merchants');

function expectDescribed(answer: Answer, operation: Json, path: string): void {
  const described = operation.responses[answer.status];
  expect(described, `${path}: ${answer.text}`).toBeDefined();
  const schema = described.content['application/json'].schema;
  const problems = [...Value.Errors(schema, answer.json)].map(
    ({ instancePath, message }) => `${instancePath} ${message}`,
  );
  expect([path, problems]).toEqual([path, []]);
}
