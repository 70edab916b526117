import type { LoadedSetupIntent } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { type Refused, refuse } from '../refusals.js';
import type { Scope, Uuid } from '../scope.js';

/** The intent with its open attempt, or the refusal that there is none. */
export async function findSetupIntent(
  { storage }: Ports,
  scope: Scope,
  id: Uuid,
): Promise<LoadedSetupIntent | Refused> {
  const loaded = await storage.loadSetupIntent(scope, id);
  return loaded ?? refuse('object_not_found', { object: 'setup_intent', id });
}
