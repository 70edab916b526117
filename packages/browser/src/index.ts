export {
  type BrowserFile,
  type BrowserFiles,
  browserFiles,
  type FrameForm,
  type ScriptName,
} from './delivery/browser-files.js';
export * from './delivery/frame-document.js';
export * from './delivery/headers.js';
export * from './delivery/postal-codes.js';
export * from './delivery/script-list.js';
export * from './frame/card/code.js';
export * from './frame/card/contact.js';
export * from './frame/card/expiry.js';
export * from './frame/card/name.js';
export * from './frame/card/number.js';
export { type HostedAsset, hostedAssets, hostedScripts } from './hosted/assets.js';
export * from './hosted/brand-assets.js';
export * from './hosted/consent.js';
export * from './hosted/form-answer.js';
export * from './hosted/form-fields.js';
export * from './hosted/headers.js';
export { type Html, html } from './hosted/html.js';
export * from './hosted/link-target.js';
export * from './hosted/locale.js';
export * from './hosted/parse-hosted-form.js';
export * from './hosted/preview.js';
export * from './hosted/query.js';
export * from './hosted/render-hosted-page.js';
export * from './hosted/test-cards.js';
export * from './hosted/view.js';
