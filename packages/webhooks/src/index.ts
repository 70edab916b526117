export { createWebhookSender, type LocalWebhookSender, type WebhookSenderOptions } from './webhook-sender.js';
