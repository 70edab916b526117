import type { Uuid } from '../scope.js';

/** A colour as `#rrggbb`, in lower-case hexadecimal digits. */
export type Color = `#${string}`;

/** How a merchant wants the pages that we show for them to look. `null` leaves a part to us. */
export interface BrandingSettings {
  /** What cardholders know the merchant by; the merchant's own name stands in where it is `null`. */
  readonly displayName: string | null;
  /** Of buttons, links and focus rings, in the light theme. */
  readonly accent: Color | null;
  /** The same in the dark theme; where it is `null`, the light one's nearest colour that can be read there. */
  readonly accentDark: Color | null;
  /** Behind the panel, in the light theme. */
  readonly background: Color | null;
  readonly backgroundDark: Color | null;
  /** Of buttons and fields, in CSS pixels: 0 to {@link RADIUS_MAX}. */
  readonly radius: number | null;
  /** Where the merchant's name and logo lead: an `https` address, or one on the visitor's own machine. */
  readonly homepageUrl: string | null;
}

export interface Branding extends BrandingSettings {
  readonly merchantId: Uuid;
  readonly logo: Logo | null;
}

export type LogoFormat = 'png' | 'jpeg' | 'webp';

interface LogoShape {
  readonly format: LogoFormat;
  /** In pixels of the image. */
  readonly width: number;
  readonly height: number;
}

/** A logo that is kept. What is at an address with its digest never changes. */
export interface Logo extends LogoShape {
  /** SHA-256 of its bytes, in lower-case hexadecimal digits. */
  readonly digest: string;
}

/** A logo with its content, as `readLogo` found it. */
export interface LogoImage extends LogoShape {
  readonly bytes: Uint8Array;
}

export const RADIUS_MAX = 24;
export const DISPLAY_NAME_CHARACTERS_MAX = 80;

export const NO_BRANDING: BrandingSettings = {
  displayName: null,
  accent: null,
  accentDark: null,
  background: null,
  backgroundDark: null,
  radius: null,
  homepageUrl: null,
};
