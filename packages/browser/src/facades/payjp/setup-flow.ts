/** What a page gets to see of a setup flow: all of it, in the shape of the server's API. */
export interface SetupFlow {
  readonly id: string;
  readonly object: 'setup_flow';
  readonly status: string;
  readonly next_action: {
    readonly type: 'redirect_to_url';
    readonly redirect_to_url: { readonly url: string; readonly return_url: string };
  } | null;
  readonly [name: string]: unknown;
}

/** A client secret holds its flow's id. Any other text gives an id that no flow has, for the server to refuse. */
export function flowIdIn(clientSecret: unknown): string {
  const [, encoded = 'unknown'] = /^setfws_([0-9a-z]{26})_/.exec(String(clientSecret)) ?? [];
  return `setfw_${encoded}`;
}

/** The secrets of payments, which are not saved here, begin otherwise. */
export function isSetupSecret(clientSecret: unknown): clientSecret is string {
  return typeof clientSecret === 'string' && clientSecret.startsWith('setfws_');
}
