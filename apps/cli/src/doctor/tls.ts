import { once } from 'node:events';
import { connect, type PeerCertificate } from 'node:tls';
import type { Place } from '../api/place.js';
import { type Finding, ok, problem, warning } from './finding.js';

const DAY_MS = 86_400_000;
const RENEWAL_DAYS = 14;
const CONNECT_TIMEOUT_MS = 5_000;

/** Whether keys and cards travel encrypted, and for how long the certificates still hold. */
export async function checkTls({ apiUrl, vaultUrl }: Place): Promise<readonly Finding[]> {
  const origins = [...new Set([apiUrl, ...(vaultUrl === null ? [] : [vaultUrl])].map((url) => new URL(url).origin))];
  return Promise.all(origins.map((origin) => checkOrigin(new URL(origin))));
}

async function checkOrigin(url: URL): Promise<Finding> {
  if (url.protocol === 'http:') {
    if (isLoopback(url.hostname)) return ok('tls', `${url.origin} stays on this machine: no TLS is needed`);
    return problem('tls', `${url.origin} is not encrypted`, 'End TLS in a proxy in front of it and use https');
  }
  try {
    const days = Math.floor((Date.parse((await certificateOf(url)).valid_to) - Date.now()) / DAY_MS);
    const text = `The certificate of ${url.hostname} is good for ${days} days`;
    return days < RENEWAL_DAYS
      ? warning('tls', text, 'Renew it now, and find out why that did not happen by itself')
      : ok('tls', text);
  } catch (error) {
    const reason = (error as { code?: string }).code ?? (error as Error).message;
    return problem(
      'tls',
      `No trusted connection to ${url.origin} (${reason})`,
      'Install a certificate that browsers trust',
    );
  }
}

async function certificateOf({ hostname, port }: URL): Promise<PeerCertificate> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, servername: host, port: Number(port || 443) });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return socket.getPeerCertificate();
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}
