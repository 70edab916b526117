import { createWebhookSender as create } from '@onfile/webhooks';
import { hold } from './points.mjs';

export * from '@onfile/webhooks';

/** The real sender; each POST is held before it leaves and after its answer came. */
export function createWebhookSender(options) {
  const sender = create(options);
  return {
    ...sender,
    async send(request) {
      await hold('before webhook');
      const answer = await sender.send(request);
      await hold('after webhook');
      return answer;
    },
  };
}
