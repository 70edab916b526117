/**
 * For `node --import`: the built server as it is, but for its adapters. Those that `compose` takes from these packages are
 * wrapped, so that a test can hold one operation exactly before or after an effect on the outside, own the time, and
 * plant bugs. The product knows nothing of it.
 */
import { ServerResponse } from 'node:http';
import { register } from 'node:module';
import { hold } from './points.mjs';

const WRAPPED = {
  '@onfile/storage': new URL('./storage.mjs', import.meta.url).href,
  '@onfile/connectors': new URL('./connectors.mjs', import.meta.url).href,
  '@onfile/webhooks': new URL('./webhooks.mjs', import.meta.url).href,
};

const hooks = `
  const WRAPPED = ${JSON.stringify(WRAPPED)};
  export function resolve(specifier, context, next) {
    const wrapped = context.parentURL?.endsWith('/apps/server/dist/compose.js') ? WRAPPED[specifier] : undefined;
    return wrapped === undefined ? next(specifier, context) : { url: wrapped, format: 'module', shortCircuit: true };
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const end = ServerResponse.prototype.end;
/** Holds the answer to what is posted: before it leaves, and after it left. */
ServerResponse.prototype.end = function heldEnd(...args) {
  if (this.req?.method !== 'POST') return end.apply(this, args);
  const name = this.req.url?.endsWith('/confirm') ? 'answer to confirm' : 'answer to create';
  hold(`before ${name}`)
    .then(() => end.apply(this, args))
    .then(() => new Promise((flushed) => (this.writableFinished ? flushed() : this.once('finish', flushed))))
    .then(() => hold(`after ${name}`));
  return this;
};
