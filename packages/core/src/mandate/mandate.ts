import type { CustomerRef } from '../customer/customer.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { Consent } from '../setup-attempt/setup-attempt.js';
import type { StandingInstruction, Usage } from '../setup-intent/setup-intent.js';

/** The cardholder's permission to charge a saved method later, with what shows that it was given. */
export interface Mandate {
  readonly id: Uuid;
  readonly scope: Scope;
  readonly version: number;
  readonly status: 'active' | 'inactive';
  readonly setupIntentId: Uuid;
  readonly setupAttemptId: Uuid;
  readonly paymentMethodId: Uuid;
  readonly customer: CustomerRef | null;
  readonly usage: Usage;
  readonly standingInstruction: StandingInstruction | null;
  readonly consent: Consent;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
