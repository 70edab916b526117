import type { CheckoutSession } from '../checkout-session/checkout-session.js';
import type { Customer } from '../customer/customer.js';
import type { Mandate } from '../mandate/mandate.js';
import type { PaymentMethod } from '../payment-method/payment-method.js';
import type { PaymentMethodConfiguration } from '../payment-method-configuration/payment-method-configuration.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { SetupIntent } from '../setup-intent/setup-intent.js';

/** The objects whose changes are announced. */
export interface EventObjects {
  setup_intent: SetupIntent;
  payment_method: PaymentMethod;
  customer: Customer;
  checkout_session: CheckoutSession;
  mandate: Mandate;
  payment_method_configuration: PaymentMethodConfiguration;
}
export type EventObjectType = keyof EventObjects;

/** Every event type, by the object it is about. Dialects announce those that they have a name for. */
export const EVENT_TYPES = {
  setup_intent: [
    'setup_intent.created',
    'setup_intent.updated',
    'setup_intent.processing',
    'setup_intent.requires_action',
    'setup_intent.succeeded',
    'setup_intent.setup_failed',
    'setup_intent.canceled',
  ],
  payment_method: [
    'payment_method.created',
    'payment_method.attached',
    'payment_method.verified',
    'payment_method.updated',
    'payment_method.expiring',
    'payment_method.expired',
    'payment_method.detached',
  ],
  customer: ['customer.created', 'customer.updated', 'customer.deleted'],
  checkout_session: [
    'checkout_session.created',
    'checkout_session.updated',
    'checkout_session.completed',
    'checkout_session.expired',
  ],
  mandate: ['mandate.created', 'mandate.updated'],
  payment_method_configuration: ['payment_method_configuration.created', 'payment_method_configuration.updated'],
} as const satisfies Record<EventObjectType, readonly string[]>;

export type EventType<T extends EventObjectType = EventObjectType> = (typeof EVENT_TYPES)[T][number];

/**
 * What happened to one object. Each change of an object makes exactly one event; `sequence` is the object's version
 * after the change, so the events of an object are numbered from 1 without a gap.
 */
export type Event = {
  [T in EventObjectType]: {
    readonly id: Uuid;
    readonly scope: Scope;
    readonly type: EventType<T>;
    readonly objectType: T;
    readonly objectId: Uuid;
    readonly sequence: number;
    /** The object as it was right after the change. */
    readonly object: EventObjects[T];
    readonly createdAt: Instant;
  };
}[EventObjectType];
