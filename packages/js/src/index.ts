export type * from './card-form.js';
export { defineCardForm, type OnfileCardFormElement } from './card-form-element.js';
export type * from './errors.js';
export { loadOnfile, type StartOnfile } from './load-onfile.js';
export type * from './onfile.js';
