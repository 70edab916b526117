import type { DialectRequest } from '../dialect.js';
import type { Fields } from '../fields.js';
import type { ToastError } from './error-message.js';
import { WRONG_LOCATION } from './errors.js';
import { isUuid, UUID_RULE } from './uuid.js';

export const LOCATION_HEADER = 'toast-restaurant-external-id';
export const SESSION_SECRET_HEADER = 'toast-session-secret';
export const IDEMPOTENCY_HEADER = 'toast-idempotency-key';

/** As they are written in the documents, for error messages. */
const SHOWN = {
  [LOCATION_HEADER]: 'Toast-Restaurant-External-ID',
  [SESSION_SECRET_HEADER]: 'Toast-Session-Secret',
  [IDEMPOTENCY_HEADER]: 'Toast-Idempotency-Key',
} as const;

/** Notes a header that has to be there and is not. */
export function requireHeader(fields: Fields, name: keyof typeof SHOWN, isGiven: boolean): void {
  if (!isGiven) fields.faults.report(SHOWN[name], 'missing', 'Required.');
}

/** A location, where one is given, is a UUID. Whether it has to be given depends on the operation. */
export function checkLocation(
  fields: Fields,
  { headers }: DialectRequest,
  { isRequired }: { isRequired: boolean },
): void {
  const location = headers[LOCATION_HEADER];
  if (isRequired) requireHeader(fields, LOCATION_HEADER, location !== undefined);
  if (location !== undefined && !isUuid(location)) {
    fields.faults.report(SHOWN[LOCATION_HEADER], 'value', UUID_RULE.form.message);
  }
}

/** A merchant is one location: the credentials are for it and for no other. */
export function refuseLocation({ headers, call }: DialectRequest): ToastError | null {
  const location = headers[LOCATION_HEADER];
  return location === undefined || location.toLowerCase() === call.scope.merchantId ? null : WRONG_LOCATION;
}
