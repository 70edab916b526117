import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readSavedCard, type Shop, startSavingCard } from './hosted-page-way.js';
import { renderProblem, renderSaved, renderStart, STYLE } from './pages.js';

export interface DemoOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Onfile's API, and the key of the merchant whose shop this is. */
  readonly apiUrl: string;
  readonly secretKey: string;
}

export interface Demo {
  readonly url: string;
  close(): Promise<void>;
}

/** A small shop that saves cards with Onfile, over its public API alone. Rejects when the port is taken. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const source = await readFile(new URL('../src/hosted-page-way.ts', import.meta.url), 'utf8');
  const server = createServer();
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  const shop: Shop = { apiUrl: options.apiUrl, secretKey: options.secretKey, url };

  server.on('request', (request, response) => {
    request.resume();
    answer(shop, source, request)
      .catch((error: Error) => page(502, renderProblem('That did not work', error.message)))
      .then(({ status, headers, body }) => response.writeHead(status, { ...HEADERS, ...headers }).end(body));
  });
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        // Closed before, it tells so by an error that is none to us.
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

// No `form-action`: Chromium applies it to redirects after the post as well, and this post redirects to Onfile's page.
const PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

async function answer(shop: Shop, source: string, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', shop.url);
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      return page(200, renderStart(source));
    case 'POST /hosted-page':
      return { status: 303, headers: { location: await startSavingCard(shop) }, body: '' };
    case 'GET /hosted-page/saved':
      return page(200, renderSaved(await readSavedCard(shop, searchParams.get('session') ?? '')));
    case 'GET /style.css':
      return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body: STYLE };
    default:
      return page(404, renderProblem('Nothing is here', 'The shop has one product only.'));
  }
}

function page(status: number, html: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY },
    body: html,
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
