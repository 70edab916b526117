import type { PaymentMethodType } from '../payment-method/payment-method.js';
import type { Instant, Scope, Uuid } from '../scope.js';

/** The merchant's wish for a type; `none` leaves the default, which is on for cards and off for the rest. */
export type DisplayPreference = 'none' | 'off' | 'on';

export interface PaymentMethodConfiguration {
  readonly id: Uuid;
  readonly scope: Scope;
  /** Counts changes; 0 for one that came with its merchant and was not changed since: that is not announced. */
  readonly version: number;
  readonly active: boolean;
  readonly name: string | null;
  readonly preferences: Readonly<Record<PaymentMethodType, DisplayPreference>>;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Whether this type is on by the merchant's wish or, without one, by default. */
export function displayValue(configuration: PaymentMethodConfiguration, type: PaymentMethodType): 'off' | 'on' {
  const preference = configuration.preferences[type];
  if (preference !== 'none') return preference;
  return type === 'card' ? 'on' : 'off';
}

/** Whether the type is offered: the configuration is active, the type is on, and wished for or on by default. */
export function isAvailable(configuration: PaymentMethodConfiguration, type: PaymentMethodType): boolean {
  return configuration.active && displayValue(configuration, type) === 'on' && type === 'card';
}
