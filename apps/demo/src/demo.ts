import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readSavedCard, type Shop, startSavingCard } from './hosted-page-way.js';
import { renderProblem, renderSaved, renderStart, renderWidgets, STYLE } from './pages.js';
import { readSetupFlow, startSetupFlow } from './payjp-widgets-way.js';

export interface DemoOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Onfile's API, and the key of the merchant whose shop this is. */
  readonly apiUrl: string;
  readonly secretKey: string;
  /** Where the page's script comes from, and the key that pages may show. */
  readonly vaultUrl: string;
  readonly publicKey: string;
}

export interface Demo {
  readonly url: string;
  close(): Promise<void>;
}

/** A small shop that saves cards with Onfile, over its public API alone. Rejects when the port is taken. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const sources = await readSources();
  const server = createServer();
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  const shop: Shop = { apiUrl: options.apiUrl, secretKey: options.secretKey, url };

  server.on('request', (request, response) => {
    request.resume();
    answer(shop, { ...options, ...sources }, request)
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

/** What the pages show of the code behind them, and what the widgets page runs. */
interface Sources {
  readonly hostedPage: string;
  readonly widgetsServer: string;
  readonly widgetsPage: string;
}

async function readSources(): Promise<Sources> {
  const [hostedPage, widgetsServer, widgetsPage] = await Promise.all(
    ['../src/hosted-page-way.ts', '../src/payjp-widgets-way.ts', '../browser/payjp-widgets.js'].map((path) =>
      readFile(new URL(path, import.meta.url), 'utf8'),
    ),
  );
  return { hostedPage, widgetsServer, widgetsPage } as Sources;
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

/** All that a page with Onfile's form needs: its script, its frame, and asking it about a flow. */
function widgetsPolicy(vaultUrl: string): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    `script-src 'self' ${vaultUrl}`,
    `frame-src ${vaultUrl}`,
    `connect-src ${vaultUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

type Settings = DemoOptions & Sources;

async function answer(shop: Shop, settings: Settings, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', shop.url);
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      return page(200, renderStart(settings.hostedPage));
    case 'POST /hosted-page':
      return { status: 303, headers: { location: await startSavingCard(shop) }, body: '' };
    case 'GET /hosted-page/saved':
      return page(200, renderSaved(await readSavedCard(shop, searchParams.get('session') ?? '')));
    case 'GET /payjp-widgets':
      return page(200, renderWidgets(settings, await startSetupFlow(shop)), widgetsPolicy(settings.vaultUrl));
    case 'GET /payjp-widgets/saved':
      return page(200, renderSaved(await readSetupFlow(shop, searchParams.get('setup_flow_id') ?? '')));
    case 'GET /payjp-widgets.js':
      return {
        status: 200,
        headers: { 'content-type': 'text/javascript; charset=utf-8' },
        body: settings.widgetsPage,
      };
    case 'GET /style.css':
      return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body: STYLE };
    default:
      return page(404, renderProblem('Nothing is here', 'The shop has one product only.'));
  }
}

function page(status: number, html: string, policy = PAGE_POLICY): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
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
