import type { SetupIntent } from '@onfile/js';
import type { FrameHost } from '../../page/form-frame.js';
import { formError, onfileError } from './errors.js';

/** A setup intent as the server has it, with why the latest card was not saved. */
export interface FoundIntent {
  readonly setupIntent: SetupIntent;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

const READ_TIMEOUT_MS = 15_000;

/** Rejects with an `OnfileError`. */
export async function readSetupIntent({ vaultOrigin, publicKey, clientSecret }: FrameHost): Promise<FoundIntent> {
  const [, encoded = 'unknown'] = /^setfws_([0-9a-z]{26})_/.exec(clientSecret) ?? [];
  const query = new URLSearchParams({ client_secret: clientSecret });
  const response = await fetch(`${vaultOrigin}/v2/setup_flows/setfw_${encoded}?${query}`, {
    headers: { authorization: `Bearer ${publicKey}` },
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
  }).catch(() => null);
  if (response === null) {
    throw onfileError(
      'network_error',
      `${vaultOrigin} cannot be reached, or the page's policy lacks it in connect-src.`,
    );
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok)
    throw formError({ kind: 'api', code: body.code, message: body.detail ?? `Status ${response.status}` });
  return readFlow(body);
}

/** A processor that does not answer at once is asked for again by the server; so long a page waits for it. */
const POLL_DELAYS_MS = [500, 1_000, 2_000, 3_000, 5_000, 8_000];

/** Once it is no longer processing, or as it is after the last look. */
export async function awaitSetupIntent(host: FrameHost): Promise<FoundIntent> {
  let found = await readSetupIntent(host);
  for (const delayMs of POLL_DELAYS_MS) {
    if (found.setupIntent.status !== 'processing') break;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    found = await readSetupIntent(host);
  }
  return found;
}

// Our own server's answer, in either generation of its names.
function readFlow(flow: FlowBody): FoundIntent {
  return {
    setupIntent: {
      id: flow.id,
      status: flow.status,
      paymentMethodId: flow.payment_method_id ?? flow.payment_method ?? null,
      customerId: flow.customer_id ?? flow.customer ?? null,
      isLiveMode: flow.livemode,
    },
    lastError: flow.last_setup_error,
  };
}

interface FlowBody {
  readonly id: string;
  readonly status: SetupIntent['status'];
  readonly livemode: boolean;
  readonly payment_method_id?: string | null;
  readonly payment_method?: string | null;
  readonly customer_id?: string | null;
  readonly customer?: string | null;
  readonly last_setup_error: { readonly code: string; readonly message: string } | null;
}
