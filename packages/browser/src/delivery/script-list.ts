import { browserFiles } from './browser-files.js';
import { pathOf } from './frame-document.js';

/** A script that our pages or the merchants' run. */
export interface ListedScript {
  readonly path: string;
  readonly integrity: string;
  readonly reason: string;
}

/** Every script that is served to browsers, with its hash and why it is there: the inventory that PCI DSS 6.4.3 asks for. */
export function listScripts(): { readonly version: string; readonly scripts: readonly ListedScript[] } {
  const { version, payments, frames } = browserFiles();
  const merchantPage =
    'Runs in the merchant’s page: shows the card form in a frame of this origin and hears of its result.';
  const scripts = [
    { path: '/payments.js', integrity: payments.integrity, reason: merchantPage },
    {
      path: sdkPath('payments.js'),
      integrity: payments.integrity,
      reason: `${merchantPage} A copy that never changes.`,
    },
  ];
  const inFrames = (['payment', 'address'] as const).flatMap((form) => {
    const { script, texts } = frames[form];
    const what = form === 'payment' ? 'card' : 'address';
    return [
      { path: pathOf(script), integrity: script.integrity, reason: `The ${what} form, in its frame.` },
      { path: pathOf(texts.ja), integrity: texts.ja.integrity, reason: `The ${what} form’s texts in Japanese.` },
      { path: pathOf(texts.en), integrity: texts.en.integrity, reason: `The ${what} form’s texts in English.` },
    ];
  });
  return { version, scripts: [...scripts, ...inFrames] };
}

/** Where a copy of a script is that never changes. */
export function sdkPath(name: string): string {
  return `/sdk/${browserFiles().version}/${name}`;
}
