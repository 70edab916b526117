import * as payjp from '@payjp/payjpv2';
import { expect } from 'vitest';
import { type OnfileOptions, type RunningOnfile, startOnfile, type TestMerchant } from '../../running-server.js';
import { faultsOfAnswer, faultsOfError } from './schemas.js';

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape, which the schemas check
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface Ask {
  /** The merchant's secret key unless given; `null` for none. */
  readonly key?: string | null;
  readonly scheme?: 'Bearer' | 'Basic';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The origin to ask; the API's unless given. */
  readonly at?: 'api' | 'vault';
}

/** A running server, with every answer that comes through here checked against the specification. */
export interface PayjpServer {
  readonly onfile: RunningOnfile;
  /** The published client, for the first merchant. */
  readonly client: payjp.Client;
  clientOf(merchant: TestMerchant): payjp.Client;
  /** Any request, such as `POST /v2/customers`, by plain HTTP. */
  ask(target: string, ask?: Ask): Promise<Answer>;
}

export async function startPayjpServer(options: OnfileOptions = {}): Promise<PayjpServer> {
  const onfile = await startOnfile(options);
  const clientOf = ({ secretKey }: TestMerchant) => checkedClient(onfile.apiUrl, secretKey);
  return {
    onfile,
    client: clientOf(onfile),
    clientOf,
    async ask(target, { key = onfile.secretKey, scheme = 'Bearer', headers = {}, body, at = 'api' } = {}) {
      const [method = '', path = ''] = target.split(' ');
      const credentials = scheme === 'Basic' ? Buffer.from(`${key}:`).toString('base64') : key;
      const response = await fetch(`${at === 'api' ? onfile.apiUrl : onfile.vaultUrl}${path}`, {
        method,
        headers: {
          ...(key !== null && { authorization: `${scheme} ${credentials}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: await checked(response) };
    },
  };
}

/** What a page does: the public key, the flow's client secret, the vault's origin. */
export function confirmAsPage({ onfile, ask }: PayjpServer, flow: Json, body: object): Promise<Answer> {
  return ask(`POST /v2/setup_flows/${flow.id}/confirm`, {
    at: 'vault',
    key: onfile.publicKey,
    body: { client_secret: flow.client_secret, return_url: 'https://shop.example/done', ...body },
  });
}

/** Answers the issuer's page and follows the way back; the address that the cardholder ends at. */
export async function authenticate(flow: Json, outcome: 'pass' | 'fail' | 'cancel'): Promise<URL> {
  const challenge: string = flow.next_action.redirect_to_url.url;
  const answered = await fetch(challenge, {
    method: 'POST',
    body: new URLSearchParams({ outcome }),
    redirect: 'manual',
  });
  const back = await fetch(answered.headers.get('location') ?? '', { redirect: 'manual' });
  expect([answered.status, back.status]).toEqual([303, 303]);
  return new URL(back.headers.get('location') ?? '');
}

/** The value of a client's answer that has to be a success. */
export async function value<T>(answer: Promise<{ data?: T | undefined; error?: unknown }>): Promise<T> {
  const { data, error } = await answer;
  expect(error).toBeUndefined();
  return data as T;
}

/** Status and code of a client's answer that has to be an error. */
export async function errorOf(answer: Promise<{ error?: unknown; response: Response }>): Promise<[number, string]> {
  const { error, response } = await answer;
  return [response.status, (error as { code: string } | undefined)?.code ?? ''];
}

function checkedClient(baseUrl: string, apiKey: string): payjp.Client {
  const client = payjp.createClient({ apiKey, baseUrl });
  client.interceptors.response.use(async (response) => {
    await checked(response.clone());
    return response;
  });
  return client;
}

async function checked(response: Response): Promise<Json> {
  const body = await response.json();
  const contentType = response.headers.get('content-type') ?? '';
  if (response.ok) {
    expect([response.status, contentType]).toEqual([200, 'application/json; charset=utf-8']);
    const { setup_flow: flow, ...rest } = body;
    // An expanded field has its own check in the test that asks for it.
    const answer = typeof flow === 'object' && flow !== null ? { ...rest, setup_flow: flow.id } : body;
    expect(faultsOfAnswer(answer)).toEqual([]);
  } else {
    expect(contentType).toContain('application/problem+json');
    expect(faultsOfError(body, response.status)).toEqual([]);
    expect(body.status).toBe(response.status);
  }
  return body;
}

export const BILLING = { name: 'TARO YAMADA', email: 'taro@example.com' };

export function cardData(number = '4242424242424242', card: object = {}): Json {
  return {
    type: 'card',
    card: { number, exp_month: 12, exp_year: 2040, cvc: cvcOf(number), ...card },
    billing_details: BILLING,
  };
}

function cvcOf(number: string): string {
  return /^3[47]/.test(number) ? '1234' : '123';
}
