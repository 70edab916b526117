import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Branding,
  type BrandingField,
  type BrandingProblem,
  type CheckedBranding,
  type Contrast,
  checkBranding,
  DISPLAY_NAME_CHARACTERS_MAX,
  LOGO_ASPECT_MAX,
  LOGO_BYTES_MAX,
  LOGO_SIDE,
  type LogoImage,
  type LogoProblem,
  NO_BRANDING,
  RADIUS_MAX,
  readLogo,
  type Storage,
  type WrittenBranding,
} from '@onfile/core';
import { renderBrandingPreview, systemClock } from '@onfile/server';
import { findMerchant, type MerchantOptions, withStorage } from './chosen-merchant.js';
import { CommandFault, EXIT_CODES } from './output.js';

/** What may be written on the command line; `none` takes a part away, and what is not written stays. */
export interface BrandingOptions extends MerchantOptions {
  readonly name?: string;
  readonly accent?: string;
  readonly accentDark?: string;
  readonly background?: string;
  readonly backgroundDark?: string;
  readonly radius?: string;
  readonly homepage?: string;
  /** A file. */
  readonly logo?: string;
}

export async function showBranding(options: MerchantOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const branding = await storage.loadBranding(merchant.id);
    const checked = checkBranding(branding);
    const contrasts = checked.kind === 'fine' ? checked.contrasts : [];
    const heading = `Branding of ${merchant.name} (${merchant.id})`;
    output.result(
      { ...branding, contrasts },
      [heading, ...linesOf(branding), ...contrasts.map(contrastLine)].join('\n'),
    );
  });
}

export async function setBranding(options: BrandingOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const { settings, image } = await wishedBranding(storage, merchant.id, options);
    const now = systemClock.now();
    await storage.saveBranding(merchant.id, settings, now);
    if (image !== undefined) await storage.saveLogo(merchant.id, image, now);
    const branding = await storage.loadBranding(merchant.id);
    output.result(branding, ['Saved. Pages show it from their next opening on.', ...linesOf(branding)].join('\n'));
  });
}

export async function resetBranding(options: MerchantOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const now = systemClock.now();
    await storage.saveBranding(merchant.id, NO_BRANDING, now);
    await storage.saveLogo(merchant.id, null, now);
    output.result({ merchantId: merchant.id, reset: true }, `Pages of ${merchant.name} look as they do by default.`);
  });
}

interface PreviewOptions extends BrandingOptions {
  readonly out: string;
  readonly locale: 'ja' | 'en';
}

/** As the options would make it, without saving them. */
export async function previewBranding(options: PreviewOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const { branding, settings, image } = await wishedBranding(storage, merchant.id, options);
    const kept = branding.logo && (await storage.loadLogo(merchant.id, branding.logo.digest));
    const logo = image === undefined ? kept : image;
    const shape = logo && { digest: 'preview', format: logo.format, width: logo.width, height: logo.height };
    const html = renderBrandingPreview({
      branding: { ...branding, ...settings, logo: shape },
      logo,
      merchantName: merchant.name,
      locale: options.locale,
    });
    const path = resolve(options.out);
    await writeFile(path, html);
    const { href } = pathToFileURL(path);
    output.result({ merchantId: merchant.id, file: path, url: href }, `Open ${href}`);
  });
}

/** What is kept, with what is written in its place; throws what is wrong with it. `image` is absent where no logo is written. */
async function wishedBranding(storage: Storage, merchantId: Branding['merchantId'], options: BrandingOptions) {
  const image = options.logo === undefined ? undefined : await readLogoFile(options.logo);
  const branding = await storage.loadBranding(merchantId);
  const checked = checkBranding(writtenOver(branding, options));
  if (checked.kind === 'refused') throw new CommandFault(faultOf(checked), EXIT_CODES.misused);
  return { branding, settings: checked.settings, image };
}

function writtenOver(branding: Branding, options: BrandingOptions): WrittenBranding {
  const { name, accent, accentDark, background, backgroundDark, radius, homepage } = options;
  return {
    displayName: written(name, branding.displayName),
    accent: written(accent, branding.accent),
    accentDark: written(accentDark, branding.accentDark),
    background: written(background, branding.background),
    backgroundDark: written(backgroundDark, branding.backgroundDark),
    radius: radius === undefined ? branding.radius : radius === 'none' ? null : Number(radius),
    homepageUrl: written(homepage, branding.homepageUrl),
  };
}

function written(text: string | undefined, kept: string | null): string | null {
  if (text === undefined) return kept;
  return text === 'none' ? null : text;
}

async function readLogoFile(path: string): Promise<LogoImage | null> {
  if (path === 'none') return null;
  const read = (await fileBytes(path)) > LOGO_BYTES_MAX ? TOO_MANY : readLogo(await readFile(path));
  if (read.kind === 'fine') return read.image;
  throw new CommandFault(`${path}: ${LOGO_ADVICE[read.problem]}`, EXIT_CODES.misused);
}

const TOO_MANY = { kind: 'refused', problem: 'too_many_bytes' } as const;

async function fileBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    throw new CommandFault(`There is no file ${path} that can be read`, EXIT_CODES.misused);
  }
}

const LOGO_ADVICE: Readonly<Record<LogoProblem, string>> = {
  too_many_bytes: `The logo has to have ${LOGO_BYTES_MAX} bytes at most. Make the image smaller, or save it as WebP.`,
  not_an_image: 'This is no whole PNG, JPEG or WebP image. SVG is not taken: it can hold scripts.',
  animated: 'The logo must not be animated.',
  too_small: `Each side of the logo has to have ${LOGO_SIDE.min} pixels at least.`,
  too_large: `Each side of the logo may have ${LOGO_SIDE.max} pixels at most; it is shown in 160 by 40.`,
  too_long_drawn: `One side of the logo may be ${LOGO_ASPECT_MAX} times as long as the other at most.`,
};

/** A sentence for each problem, with what to write instead. */
function faultOf({ problems }: Extract<CheckedBranding, { kind: 'refused' }>): string {
  return problems.map(adviceOn).join('\n        ');
}

const OPTIONS: Readonly<Record<BrandingField, string>> = {
  displayName: '--name',
  accent: '--accent',
  accentDark: '--accent-dark',
  background: '--background',
  backgroundDark: '--background-dark',
  radius: '--radius',
  homepageUrl: '--homepage',
};

function adviceOn(problem: BrandingProblem): string {
  const option = OPTIONS[problem.field];
  switch (problem.problem) {
    case 'too_long':
      return `${option} may have ${DISPLAY_NAME_CHARACTERS_MAX} characters at most`;
    case 'unreadable':
      return `${option} has to have a letter or digit, and no control characters`;
    case 'not_a_color':
      return `${option} has to be a colour such as #2347c5, or none`;
    case 'out_of_range':
      return `${option} has to be a whole number of pixels from 0 to ${RADIUS_MAX}, or none`;
    case 'not_https':
      return `${option} has to be an address such as https://shop.example/, or none`;
    case 'contrast_too_low':
      return (
        `${option}: ${PAIRS[problem.pair]} has a contrast of ${problem.ratio} to 1 in the ${problem.theme} theme, ` +
        `and ${problem.required} is needed; the nearest that passes is ${option} "${problem.nearest}"`
      );
  }
}

const PAIRS: Readonly<Record<Contrast['pair'], string>> = {
  text_on_accent: 'text on the accent',
  accent_on_panel: 'the accent on the panel',
  accent_on_background: 'the accent on the background',
  text_on_background: 'text on the background',
};

function linesOf(branding: Branding): string[] {
  const { logo, displayName, accent, accentDark, background, backgroundDark, radius, homepageUrl } = branding;
  const rows: readonly (readonly [string, string | number | null])[] = [
    ['name', displayName],
    ['logo', logo && `${logo.format}, ${logo.width} × ${logo.height}`],
    ['accent', accent],
    ['accent, dark', accentDark],
    ['background', background],
    ['background, dark', backgroundDark],
    ['radius', radius],
    ['homepage', homepageUrl],
  ];
  return rows.map(([label, value]) => `  ${label.padEnd(18)}${value ?? '–'}`);
}

function contrastLine({ theme, pair, ratio }: Contrast): string {
  return `  ${`${ratio} to 1`.padEnd(18)}${PAIRS[pair]}, ${theme}`;
}
