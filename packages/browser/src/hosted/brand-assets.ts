import { createHash } from 'node:crypto';
import type { Branding, Logo, LogoFormat } from '@onfile/core';
import type { HostedAsset } from './assets.js';
import { brandStyle } from './brand-style.js';
import type { PageBrand } from './view.js';

/** Where merchants' stylesheets and logos are: `/branding/<merchant>/<hash of the content>.<extension>`. */
export const BRANDING_PATH = '/branding/';

/** How a page links a merchant's look; `null` where the merchant chose none. */
export function pageBrandOf(branding: Branding): PageBrand | null {
  const { merchantId, logo, background, backgroundDark, homepageUrl } = branding;
  const stylePath = brandStylesheet(branding)?.path ?? null;
  if (stylePath === null && logo === null && homepageUrl === null) return null;
  return {
    stylePath,
    hasGround: background !== null || backgroundDark !== null,
    logo: logo && { path: logoPath(merchantId, logo), width: logo.width, height: logo.height },
    homepageUrl,
  };
}

/** The merchant's colours and radius, under an address that changes with them. */
export function brandStylesheet(branding: Branding): HostedAsset | null {
  const style = brandStyle(branding);
  if (style === null) return null;
  const body = Buffer.from(style);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const path = `${BRANDING_PATH}${branding.merchantId}/${hash}.css`;
  return { path, contentType: 'text/css; charset=utf-8', body, immutable: true };
}

export function logoPath(merchantId: string, { digest, format }: Pick<Logo, 'digest' | 'format'>): string {
  return `${BRANDING_PATH}${merchantId}/${digest}.${format}`;
}

export const LOGO_TYPES: Readonly<Record<LogoFormat, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};
