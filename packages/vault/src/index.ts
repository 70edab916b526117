export { CardNumber, type SecurityCode } from './card-number.js';
export { UnreadableEnvelope } from './envelope.js';
export { holdsCardNumber } from './intake/card-number-runs.js';
export { type BodyLimits, type BodyProblem, type ReadBody, readBody } from './intake/read-body.js';
export { JSON_LIMITS, type JsonLimits, type JsonProblem, type JsonProblemCode, scanJson } from './intake/scan-json.js';
export type { CardFields, FormIntake, FormProblem, FormProblemCode } from './intake/take-card-from-form.js';
export type { BusyProblem, CardPaths, JsonIntake } from './intake/take-card-from-json.js';
export { type FileKeyProviderOptions, openFileKeyProvider } from './keys/file-key-provider.js';
export {
  type KeyContext,
  type KeyProvider,
  KeyProviderFault,
  type KeyProviderStatus,
  type KeyVersion,
  type Purpose,
} from './keys/key-provider.js';
export { type MerchantKeyStore, opensMerchantKey } from './keys/merchant-keys.js';
export { Secret, WipedSecretError } from './secret.js';
export { createVault, type LocalVault, UnknownCardReference, VaultFull, type VaultOptions } from './vault.js';
