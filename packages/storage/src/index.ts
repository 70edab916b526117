export type { ConnectionCounts, DatabaseAddress, DatabaseSettings, StorageEvent, StorageLog } from './database.js';
export { type Distributed, distributeByCitus } from './distribute.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export type { EmbeddedPostgresEvent, EmbeddedPostgresLog } from './embedded/embedded-postgres-event.js';
export { EmbeddedPostgresFault, type EmbeddedPostgresFaultCode } from './embedded/fault.js';
export {
  type Migrated,
  type MigrateOptions,
  type MigrationEvent,
  migrate,
  SchemaFault,
  type SchemaFaultCode,
} from './migrate.js';
export { createPostgresStorage, type PostgresStorage } from './postgres-storage.js';
export { enforceRowSecurity } from './row-security.js';
