import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, shopAt } from '../prove/shop.js';
import type { Acknowledgement } from './acknowledged.js';

export interface ClientSettings {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly secretKey: string;
  /** Gets a line for each acknowledgement, before anything else is asked. */
  readonly logFile: string;
  readonly clients: number;
}

/**
 * Clients of a merchant that save a card after another, whatever becomes of the servers, until the program is told to end.
 * Only what was answered whole counts as acknowledged. An answer that is neither a success nor a 503 ends the program.
 */
async function main(settings: ClientSettings): Promise<void> {
  const shop = shopAt(settings, settings);
  let isStopping = false;
  process.on('SIGTERM', () => {
    isStopping = true;
  });
  const acknowledge = (told: Acknowledgement) => appendFileSync(settings.logFile, `${JSON.stringify(told)}\n`);

  const saveCards = async () => {
    for (; !isStopping; await delay(REST_MS)) {
      const created = await answered(() => shop.create());
      if (!created) continue;
      const flow = created.body.id;
      acknowledge({ told: 'created', flow });
      const confirmed = await answered(() => shop.confirm(flow));
      // Its answer may be unknown for now; that is told later, to nobody here.
      if (confirmed?.body.status !== 'succeeded') continue;
      acknowledge({ told: 'succeeded', flow, paymentMethod: confirmed.body.payment_method_id ?? 'none' });
    }
  };
  await Promise.all(Array.from({ length: settings.clients }, saveCards));
}

const PAUSE_MS = 50;
/** Between two setups: what is proved is not how many, and each has webhooks that others wait for. */
const REST_MS = 150;

async function answered(ask: () => Promise<Answer>): Promise<Answer | null> {
  const answer = await ask().catch(() => null);
  if (answer?.status === 200) return answer;
  if (answer !== null && answer.status !== 503) {
    throw new Error(`Answered ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  await delay(PAUSE_MS);
  return null;
}

void main(JSON.parse(process.argv[2] ?? '') as ClientSettings).catch((error: unknown) => {
  process.stdout.write(String(error));
  process.exit(1);
});
