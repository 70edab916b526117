import type { LogoImage } from './branding.js';

/** So that a whole hosted page with the logo on it stays under 60 kB. */
export const LOGO_BYTES_MAX = 24_576;
/** Of each side, in pixels. */
export const LOGO_SIDE = { min: 16, max: 1_024 } as const;
/** How many times as long one side may be as the other. */
export const LOGO_ASPECT_MAX = 8;

export type LogoProblem = 'too_many_bytes' | 'not_an_image' | 'animated' | 'too_small' | 'too_large' | 'too_long_drawn';

export type ReadLogo =
  | { readonly kind: 'fine'; readonly image: LogoImage }
  | { readonly kind: 'refused'; readonly problem: LogoProblem };

/**
 * A PNG, JPEG or WebP image, told by its content and never by its name. Drawings in SVG are refused as no image: they can
 * hold scripts and links. Sources: PNG (W3C, third edition) 5 and 11, JPEG (ITU-T T.81) B.1 and B.2, RFC 9649 for WebP.
 */
export function readLogo(bytes: Uint8Array): ReadLogo {
  if (bytes.length > LOGO_BYTES_MAX) return refused('too_many_bytes');
  const found = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes);
  if (found === null) return refused('not_an_image');
  if (found === 'animated') return refused('animated');

  const { width, height } = found;
  const shorter = Math.min(width, height);
  const longer = Math.max(width, height);
  if (shorter < LOGO_SIDE.min) return refused('too_small');
  if (longer > LOGO_SIDE.max) return refused('too_large');
  if (longer > shorter * LOGO_ASPECT_MAX) return refused('too_long_drawn');
  return { kind: 'fine', image: { ...found, bytes } };
}

function refused(problem: LogoProblem): ReadLogo {
  return { kind: 'refused', problem };
}

type Found = Omit<LogoImage, 'bytes'> | 'animated' | null;

function readPng(bytes: Uint8Array): Found {
  const view = viewOf(bytes);
  if (!hasText(bytes, 0, '\x89PNG\r\n\x1a\n') || !hasText(bytes, 12, 'IHDR') || bytes.length < 33) return null;
  let hasEnd = false;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (hasText(bytes, at + 4, 'acTL')) return 'animated';
    if (hasText(bytes, at + 4, 'IEND')) hasEnd = true;
  }
  return hasEnd ? { format: 'png', width: view.getUint32(16), height: view.getUint32(20) } : null;
}

/** Frame headers are C0 to CF, but for the tables C4 and CC and the reserved C8. */
function readJpeg(bytes: Uint8Array): Found {
  const view = viewOf(bytes);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    if (marker < 0xffc0 || marker === 0xffda) return null;
  }
  return null;
}

function readWebp(bytes: Uint8Array): Found {
  const view = viewOf(bytes);
  if (bytes.length < 30 || !hasText(bytes, 0, 'RIFF') || !hasText(bytes, 8, 'WEBP')) return null;
  const shape = (width: number, height: number) => ({ format: 'webp', width, height }) as const;
  if (hasText(bytes, 12, 'VP8 ')) return shape(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  if (hasText(bytes, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return shape((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  if (!hasText(bytes, 12, 'VP8X')) return null;
  const isAnimated = (view.getUint8(20) & 0x02) !== 0;
  const side = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000 + 1;
  return isAnimated ? 'animated' : shape(side(24), side(27));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  return Array.from(text).every((character, index) => bytes[at + index] === character.charCodeAt(0));
}
