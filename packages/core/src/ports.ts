import type { ConfirmationLimits } from './limits/limits.js';
import type { Clock } from './ports/clock.js';
import type { Connector } from './ports/connector.js';
import type { DerivedSecrets } from './ports/derived-secrets.js';
import type { Ids } from './ports/ids.js';
import type { Storage } from './ports/storage.js';
import type { Vault } from './ports/vault.js';
import type { Mode } from './scope.js';

/** What the domain asks of the outside. */
export interface Ports {
  readonly storage: Storage;
  readonly vault: Vault;
  /** The processor for each mode; `null` where none is connected. */
  readonly connectors: Readonly<Record<Mode, Connector | null>>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly derivedSecrets: DerivedSecrets;
  /** How many confirmations may begin; `null` for as many as there are. */
  readonly limits: Readonly<Record<Mode, ConfirmationLimits | null>>;
  /** Where the processor's page brings the cardholder back to, on our own origin. */
  authenticationReturnUrl(stateToken: string): string;
}
