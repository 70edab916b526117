export { createSimulatorConnector, type SimulatorConnectorOptions } from './simulator/connector.js';
