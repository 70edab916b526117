export * from './dialect.js';
export * from './error-pages.js';
export { createPayjpDialect, type PayjpDialect } from './payjp/dialect.js';
export { PAYJP_ID_PREFIXES, type PayjpIdPrefixes, type PayjpIds } from './payjp/ids.js';
export { NAMINGS, type Naming, type PayjpSettings } from './payjp/settings.js';
