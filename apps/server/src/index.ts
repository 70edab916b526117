export { renderBrandingPreview } from '@onfile/browser';
export { isClientSecret, issueApiClient, parseClientId, renderClientId } from './api-clients.js';
export { API_KEY_LENGTH, type ApiKeyParts, describeApiKey, digestApiKey, makeApiKey, parseApiKey } from './api-keys.js';
export { systemClock } from './clock.js';
export { type OpenWebhooks, openStorage, openWebhooks } from './compose.js';
export {
  type Config,
  ConfigFault,
  type Environment,
  LOG_LEVELS,
  type LogLevel,
  type Ports,
  ROLES,
  type Role,
  readConfig,
  unsafeInProduction,
} from './config.js';
export { joinDatabase, migrateTables } from './database.js';
export { createIds } from './ids.js';
export { nodeAdvice, runUntilStopped } from './lifecycle.js';
export { createLog, type Log } from './log.js';
export { isLoopbackOrigin, problemOfOrigin } from './merchant-origins.js';
export { createMerchant, issueApiKey } from './merchants.js';
export { describeOperatorKey, digestOperatorKey, issueOperatorKey, parseOperatorKey } from './operator-keys.js';
export { runServer } from './run-server.js';
export { type AnsweredRoute, type RunningServer, type ServerOptions, startServer } from './server.js';
export { type StartedParts, startInOrder } from './started-parts.js';
export { TOAST_SCOPES } from './toast-clients.js';
