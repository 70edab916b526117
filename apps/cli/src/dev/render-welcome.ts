import type { DevFile } from './dev-file.js';

/** What a person sees when everything answers. The command works when pasted. */
export function renderWelcome(dev: DevFile, path: string): string {
  return `
Onfile is ready.

  Demo shop   ${dev.demoUrl}   save a card with it
  API         ${dev.apiUrl}
  Vault       ${dev.vaultUrl}   hosted pages
  Simulator   ${dev.simulatorUrl}   the test processor: what it was asked

  Secret key  ${dev.merchant.secretKey}
  Public key  ${dev.merchant.publicKey}
  The same in ${path}

Save a card: open the address that this answers.

  curl -s ${dev.apiUrl}/v2/checkout/sessions -u ${dev.merchant.secretKey}: \\
    -H 'content-type: application/json' \\
    -d '{"mode":"setup","success_url":"${dev.demoUrl}/hosted-page/saved?session={CHECKOUT_SESSION_ID}"}'

Ctrl-C stops all of it.`;
}
