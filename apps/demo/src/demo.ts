import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Shop } from './onfile-api.js';
import { readOnfileJs } from './onfile-js-files.js';
import { renderIndex, renderProblem, renderSaved, renderWay } from './pages.js';
import { STYLE } from './style.js';
import { readWayFiles, type WayFiles } from './way-files.js';
import { WAYS, type Way } from './ways.js';

export interface DemoOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Onfile's API, and the key of the merchant whose shop this is. */
  readonly apiUrl: string;
  readonly secretKey: string;
  /** Where the pages' scripts come from, and the key that pages may show. */
  readonly vaultUrl: string;
  readonly publicKey: string;
  readonly toast: Shop['toast'];
}

export interface Demo {
  readonly url: string;
  close(): Promise<void>;
}

/** A small shop that saves cards with Onfile, over its public API alone. Rejects when the port is taken. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const stock = await readStock();
  const server = createServer();
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  const settings: Settings = { ...options, url, stock };

  server.on('request', (request, response) => {
    request.resume();
    answer(settings, request)
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

type Settings = DemoOptions & Shop & { readonly stock: Stock };

/** What is read once: each way with its files, and what pages load by its path. */
interface Stock {
  readonly ways: readonly { readonly way: Way; readonly files: WayFiles }[];
  readonly scripts: ReadonlyMap<string, string>;
}

async function readStock(): Promise<Stock> {
  const ways = await Promise.all(WAYS.map(async (way) => ({ way, files: await readWayFiles(way) })));
  const own = ways.flatMap(({ way, files }) =>
    files.script === null ? [] : [[`/${way.name}.js`, files.script] as const],
  );
  return { ways, scripts: new Map([...own, ...readOnfileJs()]) };
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

async function answer(settings: Settings, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', settings.url);
  const script = settings.stock.scripts.get(pathname);
  if (script !== undefined) return file('text/javascript; charset=utf-8', script);
  if (pathname === '/style.css') return file('text/css; charset=utf-8', STYLE);
  if (pathname === '/') return page(200, renderIndex(WAYS));

  const [, name, step] = /^\/([a-z-]+)(\/saved)?$/.exec(pathname) ?? [];
  const found = settings.stock.ways.find(({ way }) => way.name === name);
  if (found === undefined) return page(404, renderProblem('Nothing is here', 'The shop has one product only.'));
  const { way, files } = found;
  if (step) return page(200, renderSaved(way, await way.readSaved(settings, searchParams)));
  if (request.method === 'POST' && way.start) {
    return { status: 303, headers: { location: await way.start(settings) }, body: '' };
  }
  const { vaultUrl, publicKey } = settings;
  const values = { vaultUrl, publicKey, ...(await way.prepare?.(settings)) };
  return page(200, renderWay(way, files, values), wayPolicy(way, files, vaultUrl));
}

function file(contentType: string, body: string): Answer {
  return { status: 200, headers: { 'content-type': contentType }, body };
}

// No `form-action`: Chromium applies it to redirects after the post as well, and a post redirects to Onfile's page.
const PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * All that a page with Onfile's form needs: its script, its frame, and asking it about a setup. The one policy of Trusted
 * Types is for what loads Onfile's script by itself: `@onfile/js` and the element.
 */
function wayPolicy({ name, start }: Way, { inlineHashes }: WayFiles, vaultUrl: string): string {
  if (start) return PAGE_POLICY;
  return [
    "default-src 'none'",
    "style-src 'self'",
    ["script-src 'self'", ...inlineHashes, vaultUrl].join(' '),
    `frame-src ${vaultUrl}`,
    `connect-src ${vaultUrl}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${name.startsWith('onfile-') ? 'onfile' : "'none'"}`,
  ].join('; ');
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
