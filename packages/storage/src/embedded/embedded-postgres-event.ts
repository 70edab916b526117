/** What the supervisor tells its caller's log. No event holds a value from a table or a statement. */
export type EmbeddedPostgresEvent =
  | { readonly event: 'lock_taken_over'; readonly pid: number }
  | { readonly event: 'data_placed_elsewhere'; readonly wantedDir: string; readonly dataDir: string }
  | { readonly event: 'data_set_aside'; readonly dataDir: string; readonly movedTo: string }
  | { readonly event: 'binaries_copied'; readonly binariesDir: string }
  | { readonly event: 'orphan_ending'; readonly pid: number }
  | { readonly event: 'initialized'; readonly clusterDir: string; readonly durationMs: number }
  | {
      readonly event: 'started';
      readonly pid: number;
      readonly dataDir: string;
      readonly socketDir: string;
      /** The system user that the server runs as; `null` for our own. */
      readonly user: string | null;
      readonly durationMs: number;
    }
  | { readonly event: 'server_log'; readonly line: string }
  | { readonly event: 'stopped'; readonly pid: number };

export type EmbeddedPostgresLog = (event: EmbeddedPostgresEvent) => void;
