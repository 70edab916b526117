import type { Webhooks } from '@onfile/core';
import type { Job } from './job.js';

/** Deletes what is kept of POSTs to webhook endpoints, a month after they were made. */
export function forgetWebhookPosts(webhooks: Webhooks): Job {
  const batch = 1_000;
  return {
    name: 'forget-webhook-posts',
    intervalMs: 60 * 60_000,
    batch,
    run: () => webhooks.forgetPosts(batch),
  };
}
