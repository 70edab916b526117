import { isIP } from 'node:net';
import type { Mode, WebhookUrlFault } from '@onfile/core';
import { isAddressAllowed } from './addresses.js';

export const URL_LENGTH_MAX = 2_048;
const HOST_LENGTH_MAX = 253;
const LIVE_PORT = '';

/** A URL that may be sent to, as far as its text tells, or why not. There is this one parser, and what it gives is what is used. */
export function checkUrl(text: string, mode: Mode): { readonly url: URL } | { readonly fault: WebhookUrlFault } {
  if (text.length > URL_LENGTH_MAX) return { fault: 'url_too_long' };
  // The parser strips line ends, tabs and outer blanks; a text that needs that is not what its author believes it is.
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return { fault: 'url_malformed' };
  const url = new URL(text);
  const fault = faultOf(url, mode);
  return fault === null ? { url } : { fault };
}

function faultOf(url: URL, mode: Mode): WebhookUrlFault | null {
  const host = hostOf(url);
  const isLocal = mode === 'test' && isLoopbackName(host);
  if (url.protocol !== 'https:' && !isLocal) return 'url_not_https';
  if (url.username !== '' || url.password !== '') return 'url_has_user';
  if (mode === 'live' && url.port !== LIVE_PORT) return 'url_port_not_allowed';
  if (host.length > HOST_LENGTH_MAX) return 'url_host_too_long';
  if (isLocal) return null;
  if (isIP(host) !== 0) return 'url_host_is_address';
  return isPublicName(host) ? null : 'url_host_not_public';
}

/** The host without brackets or a final dot. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** `localhost` and what ends in it, which never leave this machine (RFC 6761), and loopback addresses. */
export function isLoopbackName(host: string): boolean {
  if (isIP(host) !== 0) return isAddressAllowed(host, 'test') && !isAddressAllowed(host, 'live');
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Names that no public resolver answers for, or that mean something else inside a network. */
const PRIVATE_NAMES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'home',
  'corp',
  'home.arpa',
  'onion',
  'test',
  'invalid',
];

function isPublicName(host: string): boolean {
  if (!host.includes('.')) return false;
  return !PRIVATE_NAMES.some((name) => host === name || host.endsWith(`.${name}`));
}
