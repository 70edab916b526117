import type { Onfile, OnfileError, OnfileOptions, ResumeResult, StartOnfile } from '@onfile/js';
import { createCardForm } from './card-form.js';
import { invalidOptions } from './errors.js';
import { readLocale } from './looks.js';
import { failed, resultOf } from './results.js';
import { awaitSetupIntent, readSetupIntent } from './setup-intent.js';

/** `ownOrigin`: where the script came from, which is the vault unless the page says otherwise. */
export function startOnfile(ownOrigin: string | null): StartOnfile {
  return ({ vaultUrl, publicKey, locale }) => {
    if (typeof publicKey !== 'string' || !publicKey.startsWith('pk_')) {
      throw invalidOptions('publicKey has to be the pk_… key. A secret key must never be in a page.');
    }
    const site: Site = { vaultOrigin: originOf(vaultUrl ?? ownOrigin), publicKey, locale: readLocale(locale) };
    return start(site);
  };
}

/** Whose forms these are, and where they come from. */
export interface Site {
  readonly vaultOrigin: string;
  readonly publicKey: string;
  readonly locale: NonNullable<OnfileOptions['locale']>;
}

function start(site: Site): Onfile {
  return {
    createCardForm(options) {
      checkSecret(options?.clientSecret);
      return createCardForm(site, options);
    },
    async retrieveSetupIntent(clientSecret) {
      checkSecret(clientSecret);
      return (await readSetupIntent({ ...site, clientSecret })).setupIntent;
    },
    async resume(clientSecret): Promise<ResumeResult> {
      try {
        checkSecret(clientSecret);
        const found = await awaitSetupIntent({ ...site, clientSecret });
        return resultOf(found) ?? { status: 'unfinished', setupIntent: found.setupIntent };
      } catch (error) {
        return failed(error as OnfileError);
      }
    },
  };
}

function checkSecret(clientSecret: unknown): void {
  if (typeof clientSecret === 'string' && clientSecret.startsWith('setfws_')) return;
  throw invalidOptions('clientSecret has to be that of a setup flow, setfws_…, which your server created.');
}

function originOf(vaultUrl: string | null): string {
  if (vaultUrl !== null && URL.canParse(vaultUrl)) return new URL(vaultUrl).origin;
  throw invalidOptions('vaultUrl has to be the address of the vault.');
}
