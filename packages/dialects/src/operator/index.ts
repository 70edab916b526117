export { objectNames } from './object-names.js';
export { createOperatorApi, type OperatorApi } from './operator-api.js';
export type { OperatorCaller, OperatorRoute } from './operator-route.js';
export type { AnsweredRequest, EventFeed, OperatorPorts, RequestLog, Waiting } from './ports.js';
export { onfileWebhooks } from './webhooks.js';
