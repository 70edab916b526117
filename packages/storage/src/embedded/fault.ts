/** Why an embedded server could not be started or stopped; each is for the operator, whose next step the message names. */
export type EmbeddedPostgresFaultCode =
  | 'binaries_missing'
  | 'data_directory_in_use'
  | 'data_directory_moved'
  | 'data_directory_owner'
  | 'end_failed'
  | 'initialization_failed'
  | 'not_reachable'
  | 'platform_unsupported'
  | 'server_user_missing'
  | 'setting_refused'
  | 'start_failed';

export class EmbeddedPostgresFault extends Error {
  override readonly name = 'EmbeddedPostgresFault';

  constructor(
    readonly code: EmbeddedPostgresFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
