export * from './builders.js';
export { type ConnectorFault, type ConnectorHarness, connectorContract } from './connector-contract.js';
export { FakeConnector, fakeSealedCard } from './fake-connector.js';
