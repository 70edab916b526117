import type { OnfileError, OnfileErrorCode } from './errors.js';

export function onfileError(code: OnfileErrorCode, message: string): OnfileError {
  return Object.assign(new Error(message), { name: 'OnfileError', code, isShown: false, fields: [] } as const);
}
