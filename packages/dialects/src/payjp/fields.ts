export * from '../fields.js';
