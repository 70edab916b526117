export * from './dialect.js';
export { createPayjpDialect, type PayjpDialect } from './payjp/dialect.js';
export { PAYJP_ID_PREFIXES, type PayjpIdPrefixes, type PayjpIds } from './payjp/ids.js';
export type { Naming, PayjpSettings } from './payjp/settings.js';
