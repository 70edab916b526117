import { createCheckoutSession } from './checkout-session/create.js';
import { expireCheckoutSession } from './checkout-session/expire.js';
import { findCheckoutSession } from './checkout-session/find.js';
import { updateCheckoutSession } from './checkout-session/update.js';
import { firstAnswer } from './committing.js';
import { createCustomer } from './customer/create.js';
import type { CustomerSelector } from './customer/customer.js';
import { deleteCustomer } from './customer/delete.js';
import { findCustomer } from './customer/find.js';
import { findOrCreateCustomer } from './customer/find-or-create.js';
import { updateCustomer } from './customer/update.js';
import { expire } from './expire.js';
import { detectAttacks } from './limits/detect-attacks.js';
import { forgetCounts } from './limits/forget-counts.js';
import { findMandate } from './mandate/find.js';
import { revokeMandate } from './mandate/revoke.js';
import type { List, Operations } from './operations.js';
import { announceExpiries } from './payment-method/announce-expiries.js';
import { attachPaymentMethod } from './payment-method/attach.js';
import { createPaymentMethod } from './payment-method/create.js';
import { detachPaymentMethod } from './payment-method/detach.js';
import { findMethod } from './payment-method/find.js';
import { forgetUnusedMethods } from './payment-method/forget-unused.js';
import { releasePaymentMethod } from './payment-method/release.js';
import { updatePaymentMethod } from './payment-method/update.js';
import { updateConfiguration } from './payment-method-configuration/update.js';
import type { Page, PageRequest } from './ports/storage.js';
import type { Ports } from './ports.js';
import { done, type Outcome, type Refused, refuse } from './refusals.js';
import type { Scope, Uuid } from './scope.js';
import { resumeAttempts } from './setup-attempt/resume.js';
import { abandonAuthentication } from './setup-intent/abandon-authentication.js';
import { cancelSetupIntent } from './setup-intent/cancel.js';
import { confirmSetupIntent } from './setup-intent/confirm.js';
import { createSetupIntent } from './setup-intent/create.js';
import { createAndConfirmSetupIntent } from './setup-intent/create-and-confirm.js';
import { enterCard } from './setup-intent/enter-card.js';
import { findSetupIntent } from './setup-intent/find.js';
import { forgetIdleCards } from './setup-intent/forget-idle-cards.js';
import { returnFromAuthentication } from './setup-intent/return-from-authentication.js';
import { updateSetupIntent } from './setup-intent/update.js';

/** Everything that can be asked of the domain, over the given ports. */
export function createOperations(ports: Ports): Operations {
  return {
    setupIntents: setupIntents(ports),
    checkoutSessions: checkoutSessions(ports),
    customers: customers(ports),
    paymentMethods: paymentMethods(ports),
    mandates: mandates(ports),
    configurations: configurations(ports),
    events: events(ports),
    jobs: {
      resumeAttempts: (limit) => resumeAttempts(ports, limit),
      expire: (limit) => expire(ports, limit),
      announceExpiries: (noticeDays, limit) => announceExpiries(ports, noticeDays, limit),
      forgetIdleCards: (limit) => forgetIdleCards(ports, limit),
      forgetUnusedMethods: (limit) => forgetUnusedMethods(ports, limit),
      forgetCounts: (limit) => forgetCounts(ports, limit),
      detectAttacks: () => detectAttacks(ports),
      forgetIdempotencyKeys: (limit) => ports.storage.deleteExpiredIdempotencyRecords(ports.clock.now(), limit),
    },
  };
}

function setupIntents(ports: Ports): Operations['setupIntents'] {
  const { storage, derivedSecrets } = ports;
  return {
    create: (call, input) => createSetupIntent(ports, call, input),
    createAndConfirm: (call, input, confirmation) => createAndConfirmSetupIntent(ports, call, input, confirmation),
    retrieve: async (scope, id) => {
      const found = await findSetupIntent(ports, scope, id);
      return 'kind' in found ? found : done(found.intent);
    },
    list: async (scope, page) => listed(await storage.listSetupIntents(scope, page), page),
    update: (call, id, changes, options) => updateSetupIntent(ports, call, id, changes, options),
    enterCard: (call, id, entry) => enterCard(ports, call, id, entry),
    confirm: (call, id, confirmation) => confirmSetupIntent(ports, call, id, confirmation),
    cancel: (call, id, reason) => cancelSetupIntent(ports, call, id, reason),
    firstAnswer: (call) => firstAnswer(ports, call, 'setup_intent'),
    clientSecret: ({ scope, id }) => derivedSecrets.derive('client-secret', scope, id),
    isClientSecret: (candidate, scope, id) => derivedSecrets.matches(candidate, 'client-secret', scope, id),
    returnFromAuthentication: (stateToken) => returnFromAuthentication(ports, stateToken),
    abandonAuthentication: (scope, id) => abandonAuthentication(ports, scope, id),
  };
}

function checkoutSessions(ports: Ports): Operations['checkoutSessions'] {
  const { storage } = ports;
  return {
    create: (call, input) => createCheckoutSession(ports, call, input),
    retrieve: async (scope, id) => outcomeOf(await findCheckoutSession(ports, scope, id)),
    retrieveForPage: async (id) => {
      const scope = await storage.findCheckoutSessionScope(id);
      if (scope === null) return null;
      const [found, merchant] = await Promise.all([
        storage.loadCheckoutSession(scope, id),
        storage.loadMerchant(scope.merchantId),
      ]);
      return found && merchant ? { ...found, merchantName: merchant.name } : null;
    },
    list: async (scope, page) => listed(await storage.listCheckoutSessions(scope, page), page),
    update: (call, id, metadata) => updateCheckoutSession(ports, call, id, metadata),
    expire: (call, id) => expireCheckoutSession(ports, call, id),
  };
}

function customers(ports: Ports): Operations['customers'] {
  const { storage } = ports;
  return {
    create: (call, input) => createCustomer(ports, call, input),
    findOrCreate: (call, input) => findOrCreateCustomer(ports, call, input),
    retrieve: async (scope, selector) => outcomeOf(await findCustomer(ports, scope, selector)),
    findDeleted: (scope, selector) => storage.findDeletedCustomer(scope, selector),
    list: async (scope, page) => listed(await storage.listCustomers(scope, page), page),
    update: (call, selector, changes) => updateCustomer(ports, call, selector, changes),
    delete: (call, selector) => deleteCustomer(ports, call, selector),
    listPaymentMethods: (scope, selector, page) => listMethodsOf(ports, scope, selector, page),
  };
}

function paymentMethods(ports: Ports): Operations['paymentMethods'] {
  const { storage } = ports;
  return {
    create: (call, input) => createPaymentMethod(ports, call, input),
    retrieve: async (scope, id) => outcomeOf(await findMethod(ports, scope, id)),
    list: async (scope, { customer }, page) =>
      customer
        ? listMethodsOf(ports, scope, customer, page)
        : listed(await storage.listPaymentMethods(scope, {}, page), page),
    update: (call, id, changes) => updatePaymentMethod(ports, call, id, changes),
    attach: (call, id, customer) => attachPaymentMethod(ports, call, id, customer),
    detach: (call, id) => detachPaymentMethod(ports, call, id),
    release: (call, id, owner) => releasePaymentMethod(ports, call, id, owner),
  };
}

function mandates(ports: Ports): Operations['mandates'] {
  return {
    retrieve: async (scope, id) => outcomeOf(await findMandate(ports, scope, id)),
    listOfPaymentMethod: async (scope, paymentMethodId, page) => {
      const method = await findMethod(ports, scope, paymentMethodId);
      if ('kind' in method) return method;
      return listed(await ports.storage.listMandates(scope, { paymentMethodId }, page), page);
    },
    revoke: (call, id) => revokeMandate(ports, call, id),
  };
}

function configurations(ports: Ports): Operations['configurations'] {
  const { storage } = ports;
  return {
    retrieve: async (scope, id) => {
      const found = await storage.loadPaymentMethodConfiguration(scope, id);
      return found ? done(found) : refuse('object_not_found', { object: 'payment_method_configuration', id });
    },
    list: async (scope, page) => listed(await storage.listPaymentMethodConfigurations(scope, page), page),
    update: (call, id, changes) => updateConfiguration(ports, call, id, changes),
  };
}

function events({ storage }: Ports): Operations['events'] {
  return {
    retrieve: async (scope, id) => {
      const found = await storage.loadEvent(scope, id);
      return found ? done(found) : refuse('object_not_found', { object: 'event', id });
    },
    list: async (scope, filter, page) => listed(await storage.listEvents(scope, filter, page), page),
    countPendingDeliveries: (scope, ids) => storage.countPendingDeliveries(scope, ids),
  };
}

async function listMethodsOf(ports: Ports, scope: Scope, selector: CustomerSelector, page: PageRequest) {
  const customer = await findCustomer(ports, scope, selector);
  if ('kind' in customer) return customer;

  return listed(await ports.storage.listPaymentMethods(scope, { customerId: customer.id }, page), page);
}

function listed<T>(page: Page<T>, asked: PageRequest): Outcome<List<T>> {
  if (page.kind === 'page') return done({ items: page.items, hasMore: page.hasMore });

  const parameter = asked.startingAfter ? 'starting_after' : 'ending_before';
  return refuse('cursor_not_found', { parameter, id: (asked.startingAfter ?? asked.endingBefore) as Uuid });
}

function outcomeOf<T extends object>(found: T | Refused): Outcome<T> {
  return 'kind' in found && found.kind === 'refused' ? (found as Refused) : done(found as T);
}
