export type DialectName = 'payjp' | 'toast' | 'operator';

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Json = any;

export interface Sent {
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, such as `GET /v2/customers`, with a key or token or without one. */
export function send(origin: string, target: string, credential: string | null, sent: Sent = {}): Promise<Response> {
  const [method = '', path = ''] = target.split(' ');
  const { body, headers = {} } = sent;
  return fetch(origin + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(credential !== null && { authorization: `Bearer ${credential}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

export async function requireJson(sent: Promise<Response>): Promise<Json> {
  const response = await sent;
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} of ${response.url}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** An answer without what has to differ between two requests: when it was, its number, and the name that it was asked for. */
export async function comparable(response: Response, name: string): Promise<string> {
  const { headers, status } = response;
  const requestId = headers.get('request-id') ?? '';
  const kept = [...headers].filter(([header]) => !['date', 'request-id', 'content-length'].includes(header));
  const text = (await response.text()).replaceAll(requestId || '\0', '<request>');
  return [status, JSON.stringify(kept), withoutName(text, name)].join('\n');
}

function withoutName(text: string, name: string): string {
  const written = new Set([name, encodeURIComponent(name), JSON.stringify(name).slice(1, -1)]);
  return [...written]
    .filter((form) => form.length > 0)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, '<name>'), text);
}
