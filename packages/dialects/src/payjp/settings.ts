import type { Clock } from '@onfile/core';
import { createPayjpErrors, type PayjpErrors } from './errors.js';
import { createPayjpIds, PAYJP_ID_PREFIXES, type PayjpIdPrefixes, type PayjpIds } from './ids.js';

/**
 * Which generation of names answers use: `current` (`customer_id`), `seed` (`customer`: PAY.JP's surface of 3 to 9 December
 * 2025), or `both` side by side, which breaks no published client. Requests may use either generation in every setting.
 * `seed` also leaves `cancellation_reason` out and has the error types of then; `current` does not expand checkout sessions.
 */
export type Naming = 'both' | 'current' | 'seed';

export interface PayjpSettings {
  /** What error types begin with, such as `https://shop.example/errors/`; the code follows, with hyphens. */
  readonly errorTypeBase: string;
  /** Prefixes that differ from {@link PAYJP_ID_PREFIXES}. Clients must treat ids as opaque, whatever they begin with. */
  readonly idPrefixes?: Partial<PayjpIdPrefixes>;
  /** `both` unless given. */
  readonly naming?: Naming;
  /** For the bounds of a checkout session's `expires_at`; the system's clock unless given. */
  readonly clock?: Clock;
}

/** What every file of this dialect needs of its settings. */
export interface Payjp {
  readonly naming: Naming;
  readonly ids: PayjpIds;
  readonly errors: PayjpErrors;
  readonly clock: Clock;
}

export function readSettings(settings: PayjpSettings): Payjp {
  const { naming = 'both', clock = { now: () => Date.now() } } = settings;
  const ids = createPayjpIds({ ...PAYJP_ID_PREFIXES, ...settings.idPrefixes });
  const errorTypeBase = naming === 'seed' ? SEED_ERROR_TYPE_BASE : settings.errorTypeBase;
  return { naming, ids, clock, errors: createPayjpErrors({ errorTypeBase, ids }) };
}

const SEED_ERROR_TYPE_BASE = 'https://example.com/errors/';
