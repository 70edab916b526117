export * from './builders.js';
export { type ConnectorFault, type ConnectorHarness, connectorContract } from './connector-contract.js';
export { FakeConnector, fakeSealedCard } from './fake-connector.js';
export { FakeVault, type TypedCard } from './fake-vault.js';
export { type StorageContractPart, type StorageHarness, storageContract } from './storage-contract.js';
export { CONTRACT_STARTS_AT, type VaultHarness, vaultContract } from './vault-contract.js';
