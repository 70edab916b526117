import { errorPagePath } from '../error-pages.js';
import { createPayjpErrors, type PayjpErrors } from './errors.js';
import { createPayjpIds, PAYJP_ID_PREFIXES, type PayjpIdPrefixes, type PayjpIds } from './ids.js';

/**
 * Which generation of names answers use: `current` (`customer_id`), `seed` (`customer`: PAY.JP's surface of 3 to 9 December
 * 2025), or `both` side by side, which breaks no published client. Requests may use either generation in every setting.
 * `seed` also leaves `cancellation_reason` out and has the error types and codes of then; `current` does not expand checkout
 * sessions.
 */
export const NAMINGS = ['both', 'current', 'seed'] as const;
export type Naming = (typeof NAMINGS)[number];

export interface PayjpSettings {
  /** The API's origin, where error types are explained. Asked for with each error: a port can be known late. */
  readonly apiUrl: () => string;
  /** Prefixes that differ from {@link PAYJP_ID_PREFIXES}. Clients must treat ids as opaque, whatever they begin with. */
  readonly idPrefixes?: Partial<PayjpIdPrefixes>;
  /** `both` unless given. */
  readonly naming?: Naming;
}

/** What every file of this dialect needs of its settings. */
export interface Payjp {
  readonly naming: Naming;
  readonly ids: PayjpIds;
  readonly errors: PayjpErrors;
}

export function readSettings(settings: PayjpSettings): Payjp {
  const { naming = 'both' } = settings;
  const ids = createPayjpIds({ ...PAYJP_ID_PREFIXES, ...settings.idPrefixes });
  const errorTypeOrigin = naming === 'seed' ? () => SEED_ERROR_TYPE_ORIGIN : settings.apiUrl;
  const errors = createPayjpErrors({ errorType: (code) => errorTypeOrigin() + errorPagePath(code), naming, ids });
  return { naming, ids, errors };
}

const SEED_ERROR_TYPE_ORIGIN = 'https://example.com';
