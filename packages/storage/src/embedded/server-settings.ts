import { EmbeddedPostgresFault } from './fault.js';
import { SOCKET_PORT } from './server-socket.js';

/** The command-line options of the server. Refuses to change what durability and secrecy rest on. */
export function renderServerOptions(own: { socketDir: string; settings: Readonly<Record<string, string>> }): string[] {
  const refused = Object.keys(own.settings).find((name) => name.toLowerCase() in GUARANTEED_SETTINGS);
  if (refused !== undefined) {
    throw new EmbeddedPostgresFault('setting_refused', `The embedded database's setting ${refused} cannot be changed.`);
  }
  const sockets = { unix_socket_directories: own.socketDir, port: String(SOCKET_PORT) };
  const settings = { ...DEFAULT_SETTINGS, ...own.settings, ...GUARANTEED_SETTINGS, ...sockets };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const GUARANTEED_SETTINGS: Readonly<Record<string, string>> = {
  // What was acknowledged is on the disk.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // Nobody connects but through the private socket directory.
  listen_addresses: '',
  unix_socket_directories: '',
  unix_socket_permissions: '0700',
  port: '',
  // No value of a statement or a row reaches the log. The severity `log` leaves out the errors of statements, whose
  // first line may quote a value ("invalid input syntax …"); the client is told them anyway.
  log_statement: 'none',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_lock_waits: 'off',
  debug_print_parse: 'off',
  debug_print_plan: 'off',
  debug_print_rewritten: 'off',
  log_destination: 'stderr',
  logging_collector: 'off',
};

const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '64MB',
  huge_pages: 'off',
  // Three worker processes fewer, and no logical replication.
  io_method: 'sync',
  max_logical_replication_workers: '0',
  jit: 'off',
  timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '',
};
