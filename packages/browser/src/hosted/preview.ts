import type { Branding, LogoImage } from '@onfile/core';
import { hostedAssets } from './assets.js';
import { brandStylesheet, LOGO_TYPES, pageBrandOf } from './brand-assets.js';
import { NOTHING_KEPT } from './form-fields.js';
import type { Locale } from './locale.js';
import { renderHostedPage } from './render-hosted-page.js';

export interface BrandingPreview {
  readonly branding: Branding;
  readonly logo: LogoImage | null;
  readonly merchantName: string;
  readonly locale: Locale;
}

/**
 * The hosted page's form as one document that stands alone, to be opened from a file: styles and logo are in it, and it sends
 * nothing. What an installation serves has none of that inside.
 */
export function renderBrandingPreview({ branding, logo, merchantName, locale }: BrandingPreview): string {
  const brand = pageBrandOf(branding);
  const { html } = renderHostedPage({
    state: 'form',
    locale,
    path: '/setup/preview',
    isLocaleFree: false,
    mode: 'test',
    merchantName: branding.displayName ?? merchantName,
    brand,
    cancelUrl: null,
    usage: 'off_session',
    latestAttemptId: null,
    values: NOTHING_KEPT,
    problems: {},
    savedCards: [{ brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034, isDefault: true }],
    hasMoreCards: false,
    makesDefault: false,
    secondsLeft: 0,
  });
  const styles = [hostedAssets()[0]?.body ?? '', brandStylesheet(branding)?.body ?? ''].join('\n');
  const withStyles = html
    .replaceAll(/<link [^>]*>\n?/g, '')
    .replaceAll(/<script [^>]*><\/script>\n?/g, '')
    .replace('action="/setup/preview"', 'action="about:blank"')
    .replace('</head>', () => `<style>\n${styles}</style>\n</head>`);
  if (logo === null || brand?.logo == null) return withStyles;
  const data = `data:${LOGO_TYPES[logo.format]};base64,${Buffer.from(logo.bytes).toString('base64')}`;
  return withStyles.replace(`src="${brand.logo.path}"`, () => `src="${data}"`);
}
