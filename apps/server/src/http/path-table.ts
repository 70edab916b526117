import type { HttpRoute } from './http-route.js';

/** Which methods a path knows: the router itself only says whether one of them is there. */
export interface PathTable {
  methodsAt(path: string): readonly string[];
  isOpenToPages(path: string): boolean;
  /** The same of a route's own template, which is quicker to look up. */
  isTemplateOpenToPages(template: string): boolean;
  methodsOpenToPagesAt(path: string): readonly string[];
  headersOfPagesAt(path: string): readonly string[];
}

export function createPathTable(routes: readonly HttpRoute[]): PathTable {
  const templates = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  const openTemplates = new Set(routes.filter((route) => route.isOpenToPages).map(({ path }) => path));
  const routesAt = (path: string) => templates.filter(({ pattern }) => pattern.test(path)).map(({ route }) => route);

  return {
    methodsAt(path) {
      const methods = new Set<string>();
      for (const { method } of routesAt(path)) {
        methods.add(method);
        if (method === 'GET') methods.add('HEAD');
      }
      return methods.size === 0 ? [] : [...methods, 'OPTIONS'];
    },
    isOpenToPages: (path) => routesAt(path).some((route) => route.isOpenToPages),
    isTemplateOpenToPages: (template) => openTemplates.has(template),
    headersOfPagesAt: (path) => [...new Set(routesAt(path).flatMap(({ headersOfPages = [] }) => headersOfPages))],
    methodsOpenToPagesAt: (path) => [
      ...new Set(
        routesAt(path)
          .filter((route) => route.isOpenToPages)
          .map(({ method }) => method),
      ),
    ],
  };
}

function patternOf(template: string): RegExp {
  const parts = template.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
