import type { Dialect, DialectErrors } from '@onfile/dialects';
import { renderResponse } from './dialect-routes.js';
import type { RenderFault } from './http-route.js';
import { renderProblem } from './problem.js';

/** A fault has the shape of the dialect that the path belongs to by its first part, such as `/v2`; others have our own. */
export function faultShapes(dialects: readonly FaultShape[]): (path: string) => RenderFault {
  const shapes = new Map<string, RenderFault>();
  for (const { routes, openRoutes = [], errors } of dialects) {
    for (const { path } of [...routes, ...openRoutes]) {
      shapes.set(firstPart(path), (fault, facts) => renderResponse(errors.fault(fault, facts)));
    }
  }
  return (path) => shapes.get(firstPart(path)) ?? renderProblem;
}

interface FaultShape extends Partial<Pick<Dialect, 'openRoutes'>> {
  readonly routes: readonly { readonly path: string }[];
  readonly errors: Pick<DialectErrors, 'fault'>;
}

function firstPart(path: string): string {
  return path.split('/', 2).join('/');
}
