import { REFUSED_REASONS, type RefusedReason } from '../protocol/messages.js';
import { isOneOf } from '../protocol/read.js';

/** What the server wrote into the frame's document, and the page into its address. */
export interface DocumentConfig {
  readonly publicKey: string;
  readonly mode: 'test' | 'live';
  /** Why there is no form in this document; `null` where there is one. */
  readonly refused: RefusedReason | null;
  /** The origin of the page around us, where it is one that may show this form; `null` otherwise. */
  readonly pageOrigin: string | null;
  /** That origin is one that the merchant registered, and not just one of the visitor's own machine. */
  readonly isPageRegistered: boolean;
  /** Empty where the form does not name them. */
  readonly merchantName: string;
  readonly instanceId: string;
}

export function readDocumentConfig(): DocumentConfig {
  const { key = '', mode, origins = '', loopback, refused, merchantName = '' } = document.documentElement.dataset;
  const fragment = new URLSearchParams(location.hash.slice(1));
  const origin = fragment.get('origin') ?? '';
  const isAllowed =
    refused !== undefined || mayShow(origin, { origins: origins.split(' '), loopback: loopback === 'yes' });
  return {
    publicKey: key,
    mode: mode === 'live' ? 'live' : 'test',
    refused: isOneOf(refused, REFUSED_REASONS) ? refused : null,
    pageOrigin: isAllowed ? origin : null,
    isPageRegistered: origins.split(' ').includes(origin),
    merchantName,
    instanceId: fragment.get('id') ?? '',
  };
}

/** The browser enforces the same list by `frame-ancestors`; this is for the one that does not. */
export function mayShow(origin: string, allowed: { readonly origins: readonly string[]; readonly loopback: boolean }) {
  if (origin === '') return false;
  return allowed.origins.includes(origin) || (allowed.loopback && LOOPBACK.test(origin));
}

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/;
