import type { Ports } from '../ports.js';
import { type Refused, refuse } from '../refusals.js';
import type { Scope, Uuid } from '../scope.js';
import type { Mandate } from './mandate.js';

/** The mandate, or the refusal that there is none. */
export async function findMandate({ storage }: Ports, scope: Scope, id: Uuid): Promise<Mandate | Refused> {
  const mandate = await storage.loadMandate(scope, id);
  return mandate ?? refuse('object_not_found', { object: 'mandate', id });
}
