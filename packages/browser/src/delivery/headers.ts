import type { FrameAncestors } from './frame-document.js';

type Headers = Readonly<Record<string, string>>;

/**
 * Of a form's document: it loads nothing but our own files, asks nobody but our own origin, makes no markup out of text, and
 * is shown by the merchant's pages alone. The page around it may be isolated from other origins, and so is the document.
 */
export function frameDocumentHeaders(ancestors: FrameAncestors | 'anybody'): Headers {
  return { ...documentHeaders(policyFor(ancestors)), 'cross-origin-embedder-policy': 'require-corp' };
}

/**
 * Of a challenge's document, which frames the card company's page: any of the web, and in test mode the simulator's. Those
 * pages say nothing of who may embed them, so this document cannot require it.
 */
export function challengeDocumentHeaders(
  ancestors: FrameAncestors | 'anybody',
  simulatorOrigin: string | null,
): Headers {
  const sources = ["'self'", 'https:', ...(simulatorOrigin === null ? [] : [simulatorOrigin])];
  return documentHeaders([...policyFor(ancestors), `frame-src ${sources.join(' ')}`]);
}

/** Of the page that a card company's page leads back to inside a frame, whosever. It takes no input. */
export function returnDocumentHeaders(): Headers {
  return documentHeaders(policyFor('anybody'));
}

function policyFor(ancestors: FrameAncestors | 'anybody'): readonly string[] {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${sourcesOf(ancestors)}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
}

function documentHeaders(policy: readonly string[]): Headers {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy.join('; '),
    'cross-origin-resource-policy': 'cross-origin',
  };
}

/** An address that is not wild: a star stands for ports alone, and only on the visitor's own machine. */
const LOOPBACK_SOURCES = ['http://localhost:*', 'https://localhost:*', 'http://127.0.0.1:*', 'https://127.0.0.1:*'];

function sourcesOf(ancestors: FrameAncestors | 'anybody'): string {
  // A document that holds no form, and only tells why.
  if (ancestors === 'anybody') return '*';
  const sources = [...ancestors.origins, ...(ancestors.loopback ? LOOPBACK_SOURCES : [])];
  return sources.length === 0 ? "'none'" : sources.join(' ');
}

/** Of a script under a name that stays: browsers ask again after five minutes, and at once after that whether it changed. */
export function namedScriptHeaders({ contentType, etag }: { contentType: string; etag: string }): Headers {
  return { ...scriptHeaders(contentType), 'cache-control': 'public, max-age=300, must-revalidate', etag };
}

/** Of a file that has a hash in its address. */
export function immutableFileHeaders(contentType: string): Headers {
  return { ...scriptHeaders(contentType), 'cache-control': 'public, max-age=31536000, immutable' };
}

/** Any page may load it: with `integrity` and `crossorigin` too. */
function scriptHeaders(contentType: string): Headers {
  return {
    'content-type': contentType,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };
}
