import { createHash } from 'node:crypto';
import {
  type Branding,
  type BrandingSettings,
  type Logo,
  type LogoFormat,
  type LogoImage,
  NO_BRANDING,
  renderInstant,
  type Storage,
  type Uuid,
} from '@onfile/core';
import type { Database } from './database.js';
import { asBuffer, type Row } from './fields.js';
import { statement } from './statement.js';

export function brandingStorage(
  database: Database,
): Pick<Storage, 'loadBranding' | 'saveBranding' | 'saveLogo' | 'loadLogo'> {
  return {
    async loadBranding(merchantId) {
      const [row] = await database.runRepeatable(LOAD_BRANDING, [merchantId]);
      return row === undefined ? { ...NO_BRANDING, merchantId, logo: null } : readBranding(row, merchantId);
    },

    async saveBranding(merchantId, settings, at) {
      await database.runRepeatable(SAVE_BRANDING, [merchantId, renderInstant(at), ...settingsOf(settings)]);
    },

    async saveLogo(merchantId, image, at) {
      const logo = image && logoOf(image);
      const values =
        logo && image ? [logo.digest, logo.format, logo.width, logo.height, asBuffer(image.bytes)] : NO_LOGO;
      await database.runRepeatable(SAVE_LOGO, [merchantId, renderInstant(at), ...values]);
      return logo;
    },

    async loadLogo(merchantId, digest): Promise<LogoImage | null> {
      const [row] = await database.runRepeatable(LOAD_LOGO, [merchantId, digest]);
      if (row === undefined) return null;
      const { format, width, height } = readLogoShape(row);
      return { format, width, height, bytes: new Uint8Array(row.logo as Buffer) };
    },
  };
}

function logoOf({ format, width, height, bytes }: LogoImage): Logo {
  return { digest: createHash('sha256').update(bytes).digest('hex'), format, width, height };
}

const NO_LOGO = [null, null, null, null, null];

function settingsOf(settings: BrandingSettings): readonly unknown[] {
  const { displayName, accent, accentDark, background, backgroundDark, radius, homepageUrl } = settings;
  return [displayName, accent, accentDark, background, backgroundDark, radius, homepageUrl];
}

function readBranding(row: Row, merchantId: Uuid): Branding {
  return {
    merchantId,
    displayName: row.display_name as Branding['displayName'],
    accent: row.accent as Branding['accent'],
    accentDark: row.accent_dark as Branding['accentDark'],
    background: row.background as Branding['background'],
    backgroundDark: row.background_dark as Branding['backgroundDark'],
    radius: row.radius as Branding['radius'],
    homepageUrl: row.homepage_url as Branding['homepageUrl'],
    logo: row.logo_digest === null ? null : { digest: row.logo_digest as string, ...readLogoShape(row) },
  };
}

function readLogoShape(row: Row): Omit<Logo, 'digest'> {
  return {
    format: row.logo_format as LogoFormat,
    width: row.logo_width as number,
    height: row.logo_height as number,
  };
}

const SETTINGS = ['display_name', 'accent', 'accent_dark', 'background', 'background_dark', 'radius', 'homepage_url'];
const LOGO = ['logo_digest', 'logo_format', 'logo_width', 'logo_height', 'logo'];

const LOAD_BRANDING = statement(`
  SELECT ${[...SETTINGS, ...LOGO.slice(0, 4)].map((column) => `b.${column}`).join(', ')}
  FROM merchant_branding AS b WHERE b.merchant_id = $1`);

const LOAD_LOGO = statement(`
  SELECT ${LOGO.map((column) => `b.${column}`).join(', ')} FROM merchant_branding AS b
  WHERE b.merchant_id = $1 AND b.logo_digest = $2`);

const SAVE_BRANDING = saving(SETTINGS);
const SAVE_LOGO = saving(LOGO);

function saving(columns: readonly string[]) {
  return statement(`
  INSERT INTO merchant_branding (merchant_id, updated_at, ${columns.join(', ')})
  VALUES ($1, $2, ${columns.map((_, index) => `$${index + 3}`).join(', ')})
  ON CONFLICT (merchant_id) DO UPDATE
  SET ${['updated_at', ...columns].map((column) => `${column} = excluded.${column}`).join(', ')}`);
}
