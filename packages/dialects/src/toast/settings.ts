import type { Clock } from '@onfile/core';
import { createCallers, type ToastClients } from './authentication.js';
import { createToastErrors, type ToastErrors } from './errors.js';
import { createTokens, type TokenKey, type Tokens } from './tokens.js';

export interface ToastSettings {
  readonly clients: ToastClients;
  readonly tokenKey: TokenKey;
  readonly clock: Clock;
  /** Whether Toast's general limits hold; they do unless told. */
  readonly hasRateLimits?: boolean;
}

/** What every file of this dialect needs of its settings. */
export interface Toast {
  readonly errors: ToastErrors;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly clients: ToastClients;
  readonly callers: ReturnType<typeof createCallers>;
}

export function readSettings({ clients, tokenKey, clock }: ToastSettings): Toast {
  const tokens = createTokens({ key: tokenKey, clock });
  return {
    errors: createToastErrors({ clock }),
    clock,
    tokens,
    clients,
    callers: createCallers({ clients, tokens, clock }),
  };
}
