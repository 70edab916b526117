import type { DialectErrors, DialectResponse } from '../dialect.js';
import { brandingRoutes } from './branding.js';
import { deliveryRoutes } from './deliveries.js';
import { answerProblem, operatorErrors, type ProblemCode, problem } from './errors.js';
import { eventRoutes } from './events.js';
import { keyRoutes } from './keys.js';
import { merchantRoutes } from './merchants.js';
import { openApiRoute } from './openapi.js';
import type { OperatorRoute } from './operator-route.js';
import type { OperatorPorts } from './ports.js';
import { requestRoutes } from './requests.js';
import { searchRoutes } from './search.js';
import { setupIntentRoutes } from './setup-intents.js';
import { webhookEndpointRoutes } from './webhook-endpoints.js';

/** The API of operators, and of merchants for what is their own: what happened, and the settings around it. */
export interface OperatorApi {
  readonly routes: readonly OperatorRoute[];
  readonly errors: Pick<DialectErrors, 'fault'>;
  /** For what is wrong before a route is reached. */
  problem(code: ProblemCode, facts?: { readonly message?: string; readonly param?: string }): DialectResponse;
}

export function createOperatorApi(ports: OperatorPorts, { version }: { readonly version: string }): OperatorApi {
  const routes = [
    ...merchantRoutes(ports),
    ...brandingRoutes(ports),
    ...keyRoutes(ports),
    ...webhookEndpointRoutes(ports),
    ...eventRoutes(ports),
    ...deliveryRoutes(ports),
    ...setupIntentRoutes(ports),
    ...searchRoutes(ports),
    ...requestRoutes(ports),
  ];
  return {
    routes: [openApiRoute(routes, version), ...routes],
    errors: operatorErrors,
    problem: (code, facts) => answerProblem(problem(code, facts).problem),
  };
}
