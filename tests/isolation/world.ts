import type { Mode, Scope } from '@onfile/core';
import { issueApiClient, issueApiKey } from '@onfile/server';
import pg from 'pg';
import { type RunningOnfile, startOnfile, type TestMerchant } from '../running-server.js';
import type { Caller, World } from './matrix.js';
import { copyToLive, type Kit, makeKit, nameOf, type Owner } from './objects.js';
import { requireJson, send } from './wire.js';

export interface RunningWorld extends World {
  readonly owner: Owner;
  readonly scopes: Readonly<Record<'ours' | 'theirs' | 'live', Scope>>;
  stop(): Promise<void>;
}

/** A server with two merchants, everything that can be named of each, and everybody who can ask. */
export async function makeWorld(): Promise<RunningWorld> {
  const onfile = await startOnfile({ environment: { ONFILE_RATE_LIMITS: 'off', ONFILE_LOG_LEVEL: 'error' } });
  const database = new pg.Client(onfile.database);
  const stop = async () => {
    await database.end();
    await onfile.stop();
  };
  try {
    await database.connect();
    const other = await onfile.addMerchant('Another shop');
    const owner = await ownerOf(onfile, onfile);
    const otherOwner = await ownerOf(onfile, other);
    const liveOwner = await liveOwnerOf(onfile);
    const [ours, theirs, ended, liveByWire] = await Promise.all([
      makeKit(onfile, owner),
      makeKit(onfile, otherOwner),
      makeKit(onfile, owner),
      makeKit(onfile, liveOwner),
    ]);
    const live = await copyToLive(onfile, owner.scope, ours, liveByWire);
    await end(onfile, owner, ended);
    const { draft, ...there } = ours;
    // What was entered and not saved is nobody's payment method yet, of whichever kind it would be.
    const drafts: Kit = draft ? { paymentMethod: draft, looseMethod: draft } : {};
    const common = { ours: there, theirs, live, draft: drafts };
    const gone = ended.customer &&
      ended.chosenCustomer && { customer: ended.customer, chosenCustomer: ended.chosenCustomer };
    const goneMethod = ended.paymentMethod && { paymentMethod: ended.paymentMethod };
    return {
      onfile,
      database,
      owner,
      scopes: { ours: owner.scope, theirs: otherOwner.scope, live: liveOwner.scope },
      kits: {
        // PAY.JP still shows a method that was detached, and a flow that was canceled: what is deleted is a customer.
        payjp: { ...common, deleted: { ...gone } },
        toast: { ...common, deleted: { ...gone, ...goneMethod } },
        operator: { ...common, deleted: { ...gone } },
      },
      callers: await everybody(onfile, { other, owner, otherOwner, liveOwner }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(onfile: RunningOnfile, { secretKey }: Owner, kit: Kit): Promise<void> {
  const { customer, chosenCustomer, paymentMethod } = kit;
  if (!customer || !chosenCustomer || !paymentMethod) throw new Error('the kit to end is not whole');
  const ask = (target: string) => requireJson(send(onfile.apiUrl, target, secretKey));
  await ask(`POST /v2/payment_methods/${nameOf('paymentMethod', paymentMethod, 'payjp')}/detach`);
  await ask(`DELETE /v2/customers/${nameOf('customer', customer, 'payjp')}`);
  await ask(`DELETE /v2/customers/${nameOf('chosenCustomer', chosenCustomer, 'payjp')}`);
}

interface Owners {
  readonly other: TestMerchant;
  readonly owner: Owner;
  readonly otherOwner: Owner;
  readonly liveOwner: Owner;
}

async function everybody(onfile: RunningOnfile, owners: Owners): Promise<readonly Caller[]> {
  const { owner, otherOwner, liveOwner } = owners;
  const revoked = await revokedCredentials(onfile);
  const iframe = await tokenOf(onfile, onfile.clients.iframe);
  const payjp = { dialect: 'payjp', secret: 'none' } as const;
  const operator = { dialect: 'operator', secret: 'none' } as const;
  const location = (merchantId: string) => ({ headers: { 'Toast-Restaurant-External-ID': merchantId } });
  const toast = { dialect: 'toast', secret: 'none', ...location(onfile.merchantId) } as const;
  // biome-ignore format: a table, a line for each caller
  return [
    { ...payjp, is: 'our secret key',                   credential: owner.secretKey,      sees: 'ours' },
    { ...payjp, is: "another merchant's secret key",    credential: otherOwner.secretKey, sees: 'theirs' },
    { ...payjp, is: 'our live secret key',              credential: liveOwner.secretKey,  sees: 'live' },
    { ...payjp, is: 'our public key',                   credential: onfile.publicKey,     sees: null,   status: 'refused' },
    { ...payjp, is: "… with the object's secret",       credential: onfile.publicKey,     sees: 'ours', status: 'refused', secret: 'right' },
    { ...payjp, is: "… with another object's secret",   credential: onfile.publicKey,     sees: 'ours', status: 'refused', secret: 'another' },
    { ...payjp, is: "another merchant's public key, with the object's secret", credential: owners.other.publicKey, sees: 'theirs', status: 'refused', secret: 'right' },
    { ...payjp, is: 'nobody',                           credential: null,                 sees: null,   status: 401 },
    { ...payjp, is: 'a revoked key',                    credential: revoked.key,          sees: null,   status: 401 },
    { ...payjp, is: "a token of the other dialect",     credential: owner.token,          sees: null,   status: 401 },

    { ...operator, is: 'our secret key',                credential: owner.secretKey,      sees: 'ours' },
    { ...operator, is: "another merchant's secret key", credential: otherOwner.secretKey, sees: 'theirs' },
    { ...operator, is: 'our live secret key',           credential: liveOwner.secretKey,  sees: 'live' },
    { ...operator, is: 'our public key',                credential: onfile.publicKey,     sees: null,   status: 403 },
    { ...operator, is: 'nobody',                        credential: null,                 sees: null,   status: 401 },
    { ...operator, is: 'a revoked key',                 credential: revoked.key,          sees: null,   status: 401 },
    { ...operator, is: 'a token',                       credential: owner.token,          sees: null,   status: 401 },

    { ...toast, is: 'our token',                        credential: owner.token,          sees: 'ours' },
    { ...toast, is: "… with the object's secret",       credential: owner.token,          sees: 'ours', secret: 'right' },
    { ...toast, is: "another merchant's token",         credential: otherOwner.token,     sees: 'theirs', secret: 'right', ...location(owners.other.merchantId) },
    { ...toast, is: 'our live token',                   credential: liveOwner.token,      sees: 'live', secret: 'right' },
    { ...toast, is: 'our iframe token',                 credential: iframe,               sees: null,   status: 'refused' },
    { ...toast, is: "… with the session's secret",      credential: iframe,               sees: 'ours', status: 'refused', secret: 'right' },
    { ...toast, is: "… with another session's secret",  credential: iframe,               sees: 'ours', status: 'refused', secret: 'another' },
    { ...toast, is: 'nobody',                           credential: null,                 sees: null,   status: 401 },
    { ...toast, is: 'a revoked token',                  credential: revoked.token,        sees: null,   status: 401 },
    { ...toast, is: 'a key of the other dialect',       credential: owner.secretKey,      sees: null,   status: 401 },
  ];
}

async function ownerOf(onfile: RunningOnfile, merchant: TestMerchant): Promise<Owner> {
  const scope: Scope = { merchantId: merchant.merchantId, mode: 'test' };
  return { scope, secretKey: merchant.secretKey, token: await tokenOf(onfile, merchant.clients.payment) };
}

async function liveOwnerOf(onfile: RunningOnfile): Promise<Owner> {
  const scope: Scope = { merchantId: onfile.merchantId, mode: 'live' };
  return { scope, ...(await credentials(onfile, 'live')) };
}

async function revokedCredentials(onfile: RunningOnfile): Promise<{ key: string; token: string }> {
  const { secretKey, token, keyId, clientId } = await credentials(onfile, 'test');
  const at = onfile.clock.now();
  await onfile.storage.revokeApiKey(onfile.merchantId, keyId, at);
  await onfile.storage.revokeApiClient(onfile.merchantId, clientId, at);
  await untilRefused(onfile, token);
  return { key: secretKey, token };
}

async function credentials(onfile: RunningOnfile, mode: Mode) {
  const issued = { merchantId: onfile.merchantId, mode, kind: 'secret', name: null } as const;
  const key = await issueApiKey(onfile, issued);
  const client = await issueApiClient(onfile, issued);
  return { secretKey: key.text, token: await tokenOf(onfile, client), keyId: key.id, clientId: client.id };
}

async function tokenOf(onfile: RunningOnfile, client: { clientId: string; clientSecret: string }): Promise<string> {
  const { clientId, clientSecret } = client;
  const body = { clientId, clientSecret, userAccessType: 'TOAST_MACHINE_CLIENT' };
  const login = send(onfile.apiUrl, 'POST /authentication/v1/authentication/login', null, { body });
  return (await requireJson(login)).token.accessToken;
}

/** A login is believed for some seconds after it was looked up. */
async function untilRefused(onfile: RunningOnfile, token: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { status } = await send(onfile.apiUrl, 'GET /v1/mandates/x', token);
    if (status === 401) return;
    await new Promise((again) => setTimeout(again, 50));
  }
  throw new Error('a revoked token still works after ten seconds');
}
