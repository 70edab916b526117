import { NO_ADDRESS } from '../src/payment-method/payment-method.js';
import type { VerificationRequest } from '../src/ports/connector.js';
import type { Scope, Uuid } from '../src/scope.js';
import type { DeclineCode } from '../src/setup-attempt/setup-attempt.js';
import { type ConnectorHarness, connectorContract } from './connector-contract.js';
import { FakeConnector, fakeSealedCard } from './fake-connector.js';

connectorContract('the fake connector', async (): Promise<ConnectorHarness> => {
  const connector = new FakeConnector();
  const unreachable = new FakeConnector();
  unreachable.isReachable = false;
  let made = 0;
  return {
    connector,
    impatient: connector,
    unreachable,
    async request(issuer, authentication) {
      made += 1;
      return aRequest(`00000000-0000-7000-8000-${String(made).padStart(12, '0')}` as Uuid, issuer, authentication);
    },
    async script(operation, fault) {
      connector.script(operation, fault);
    },
    async authenticate(url, outcome) {
      connector.authenticate(new URL(url).pathname.slice(1), outcome);
    },
    async verificationsOf(reference) {
      return connector.verified.filter((each) => each === reference).length;
    },
    async close() {},
  };
});

function aRequest(
  reference: Uuid,
  issuer: 'approved' | DeclineCode,
  authentication: 'required' | 'none',
): VerificationRequest {
  const scope: Scope = { merchantId: '00000000-0000-7000-8000-00000000aaaa' as Uuid, mode: 'test' };
  return {
    scope,
    reference,
    idempotencyKey: `key-${reference}`,
    card: {
      scope,
      paymentMethodId: '00000000-0000-7000-8000-00000000bbbb' as Uuid,
      sealed: fakeSealedCard(issuer),
      expMonth: 12,
      expYear: 2099,
      attemptId: reference,
    },
    billingDetails: { name: null, email: null, phone: null, address: NO_ADDRESS },
    authentication,
    returnUrl: 'https://vault.example/return',
  };
}
