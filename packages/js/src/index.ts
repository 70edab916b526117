export type * from './card-form.js';
export type * from './errors.js';
export { loadOnfile, type StartOnfile } from './load-onfile.js';
export type * from './onfile.js';
