import type { ServerResponse } from 'node:http';

export type Reply =
  | { readonly kind: 'json'; readonly status: number; readonly body: object }
  | { readonly kind: 'page'; readonly status: number; readonly html: string; readonly policy: string }
  | { readonly kind: 'asset'; readonly type: string; readonly text: string }
  | { readonly kind: 'redirect'; readonly location: string };

export function json(status: number, body: object): Reply {
  return { kind: 'json', status, body };
}

/** The shape of every error of the API. Messages say what was expected and never repeat what came. */
export function refusal(status: number, code: string, message: string, parameter?: string): Reply {
  return json(status, { error: { code, message, ...(parameter === undefined ? {} : { parameter }) } });
}

export function send(response: ServerResponse, reply: Reply): void {
  const { status, headers, text } = render(reply);
  response.writeHead(status, { ...SAFE_HEADERS, ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? '' : text);
}

export function render(reply: Reply): { status: number; headers: Record<string, string>; text: string } {
  switch (reply.kind) {
    case 'json':
      return {
        status: reply.status,
        headers: { 'Content-Type': 'application/json' },
        text: JSON.stringify(reply.body),
      };
    case 'page':
      return {
        status: reply.status,
        headers: {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': reply.policy,
          Vary: 'Accept-Language',
        },
        text: reply.html,
      };
    case 'asset':
      return { status: 200, headers: { 'Content-Type': reply.type, 'Cache-Control': 'max-age=300' }, text: reply.text };
    case 'redirect':
      return { status: 303, headers: { Location: reply.location }, text: '' };
  }
}

const SAFE_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Origin-Agent-Cluster': '?1',
};
