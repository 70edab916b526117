export type { LedgerSelection } from './ledger.js';
export type { Behaviour, Operation, Step } from './script.js';
export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.js';
export { type CardBrand, type CardChecks, type DeclineCode, TEST_CARDS, type TestCard } from './test-cards.js';
export type { LedgerRecord, VerificationStatus } from './verification.js';
