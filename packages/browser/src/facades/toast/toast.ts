import { type CheckoutForm, createCheckoutForm } from './checkout-form.js';

/**
 * Callable, with or without `new`: each call makes a form of its own. It is a form itself, too, for pages that have only
 * one.
 */
export type Toast = (() => CheckoutForm) & (new () => CheckoutForm) & CheckoutForm;

export function startToast(vaultOrigin: string): Toast {
  // No arrow: those cannot be called with `new`.
  const make = function Toast() {
    return createCheckoutForm(vaultOrigin);
  };
  return Object.assign(make, createCheckoutForm(vaultOrigin)) as unknown as Toast;
}
