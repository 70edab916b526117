import type { HttpAnswer } from './http-route.js';
import type { PathTable } from './path-table.js';

/** On every answer of a route that pages of any origin may call. */
export const OPEN_TO_PAGES = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Request-Id, Retry-After, Idempotent-Replayed, ' +
    'X-Toast-RateLimit-By, X-Toast-RateLimit-Remaining, X-Toast-RateLimit-Reset',
};

const PREFLIGHT_SECONDS = '86400';

/** What may be asked at a path, and by pages what and how. */
export function describePath(paths: PathTable, path: string): HttpAnswer {
  const allow = paths.methodsAt(path).join(', ');
  return { status: 204, headers: { allow, ...(paths.isOpenToPages(path) && preflight(paths, path)) }, body: '' };
}

function preflight(paths: PathTable, path: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-methods': paths.methodsOpenToPagesAt(path).join(', '),
    'access-control-allow-headers': ['authorization', 'content-type', ...paths.headersOfPagesAt(path)].join(', '),
    'access-control-max-age': PREFLIGHT_SECONDS,
  };
}
