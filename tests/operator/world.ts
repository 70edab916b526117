import { issueOperatorKey } from '@onfile/server';
import { type RunningOnfile, startOnfile } from '../running-server.js';

export interface OperatorWorld {
  readonly onfile: RunningOnfile;
  readonly operatorKey: string;
  stop(): Promise<void>;
}

export async function makeOperatorWorld(): Promise<OperatorWorld> {
  const onfile = await startOnfile({ environment: { ONFILE_LOG_LEVEL: 'info' } });
  const { text } = await issueOperatorKey(onfile, 'test');
  return { onfile, operatorKey: text, stop: () => onfile.stop() };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Json = any;

export interface Sent {
  readonly key?: string | null;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly text: string;
}

/** One request such as `GET /events`, below `/operator/v1`. */
export async function ask({ onfile, operatorKey }: OperatorWorld, target: string, sent: Sent = {}): Promise<Answer> {
  const [method = '', path = ''] = target.split(' ');
  const { key = operatorKey, body, headers = {}, signal } = sent;
  const response = await fetch(`${onfile.apiUrl}/operator/v1${path}`, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  return { status: response.status, text, json: text === '' ? undefined : JSON.parse(text) };
}

/** By PAY.JP's dialect, with the merchant's secret key. */
export async function payjp({ onfile }: OperatorWorld, target: string, body?: object): Promise<Json> {
  const [method = '', path = ''] = target.split(' ');
  const response = await fetch(`${onfile.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${onfile.secretKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(json));
  return json;
}
