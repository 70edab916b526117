import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOGO_BYTES_MAX, readLogo } from './logo.js';

const text = (characters: string) => Array.from(characters, (each) => each.charCodeAt(0));
const u32 = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
const chunk = (type: string, data: readonly number[]) => [...u32(data.length), ...text(type), ...data, 0, 0, 0, 0];
const png = (width: number, height: number, ...more: number[][]) => [
  ...text('\x89PNG\r\n\x1a\n'),
  ...chunk('IHDR', [...u32(width), ...u32(height), 8, 6, 0, 0, 0]),
  ...more.flat(),
  ...chunk('IEND', []),
];
const jpeg = (width: number, height: number) => [
  ...[0xff, 0xd8, 0xff, 0xe0, 0, 16, ...Array<number>(14).fill(0), 0xff, 0xc4, 0, 4, 0, 0],
  ...[0xff, 0xc2, 0, 17, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, ...Array<number>(10).fill(0)],
];
const webp = (kind: string, data: readonly number[]) => [
  ...text('RIFF'),
  ...[0, 0, 0, 0],
  ...text('WEBP'),
  ...text(kind),
  ...[0, 0, 0, 0],
  ...data,
  ...Array<number>(20).fill(0),
];
const vp8x = (flags: number, width: number, height: number) =>
  webp('VP8X', [flags, 0, 0, 0, (width - 1) & 0xff, (width - 1) >> 8, 0, (height - 1) & 0xff, (height - 1) >> 8, 0]);
const lossless = (width: number, height: number) => {
  const bits = (width - 1) | ((height - 1) << 14);
  return webp('VP8L', [0x2f, bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff, (bits >>> 24) & 0xff]);
};
const lossy = (width: number, height: number) =>
  webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, width & 0xff, width >> 8, height & 0xff, height >> 8]);

const read = (bytes: readonly number[]) => readLogo(Uint8Array.from(bytes));

describe('a logo', () => {
  // biome-ignore format: a table
  const fine = [
    ['png',  png(640, 200)],
    ['jpeg', jpeg(640, 200)],
    ['webp', lossy(640, 200)],
    ['webp', lossless(640, 200)],
    ['webp', vp8x(0x10, 640, 200)],
  ] as const;
  for (const [format, bytes] of fine) {
    test(`in ${format} of ${bytes.length} bytes is known by its content`, () => {
      const image = { format, width: 640, height: 200, bytes: Uint8Array.from(bytes) };
      expect(read(bytes)).toEqual({ kind: 'fine', image });
    });
  }

  // biome-ignore format: a table
  const refused = [
    ['nothing',                 [],                                               'not_an_image'],
    ['a drawing with a script', text('<svg xmlns="http://www.w3.org/2000/svg"><script>'), 'not_an_image'],
    ['a page',                  text('<!doctype html><html>'),                    'not_an_image'],
    ['a GIF',                   text('GIF89a\x10\x00\x10\x00'),                   'not_an_image'],
    ['a PNG that is cut off',   png(64, 64).slice(0, -12),                        'not_an_image'],
    ['an animated PNG',         png(64, 64, chunk('acTL', [0, 0, 0, 2, 0, 0, 0, 0])), 'animated'],
    ['an animated WebP',        vp8x(0x02, 64, 64),                               'animated'],
    ['a dot',                   png(15, 64),                                      'too_small'],
    ['a poster',                png(1025, 400),                                   'too_large'],
    ['a line',                  png(300, 32),                                     'too_long_drawn'],
    ['a file too long',         Array<number>(LOGO_BYTES_MAX + 1).fill(0),        'too_many_bytes'],
  ] as const;
  for (const [what, bytes, problem] of refused) {
    test(`is not ${what}`, () => {
      expect(read(bytes)).toEqual({ kind: 'refused', problem });
    });
  }

  test('is looked for in any bytes without reading past their end', () => {
    const starts = fc.constantFrom<number[]>([], png(64, 64), jpeg(64, 64), vp8x(0, 64, 64), [0xff, 0xd8]);
    fc.assert(
      fc.property(starts, fc.nat(80), fc.uint8Array({ maxLength: 200 }), (start, kept, rest) => {
        expect(['fine', 'refused']).toContain(read([...start.slice(0, kept), ...rest]).kind);
      }),
    );
  });
});
