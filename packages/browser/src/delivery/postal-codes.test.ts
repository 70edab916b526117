import { expect, test } from 'vitest';
import { type AreaCodes, placeOfZip } from '../frame/address/place-of-zip.js';
import { postalCodesOf } from './postal-codes.js';

function placeOf(zip: string) {
  const codes = postalCodesOf(zip.slice(0, 3));
  return codes === null ? null : placeOfZip(zip, JSON.parse(codes) as AreaCodes);
}

// biome-ignore format: a table
test.each([
  ['001-0010', { state: '北海道', city: '札幌市北区' }],
  ['060-0001', { state: '北海道', city: '札幌市中央区' }],
  ['100-0001', { state: '東京都', city: '千代田区' }],
  ['104-0061', { state: '東京都', city: '中央区' }],
  ['220-0011', { state: '神奈川県', city: '横浜市西区' }],
  ['530-0001', { state: '大阪府', city: '大阪市北区' }],
  ['900-0014', { state: '沖縄県', city: '那覇市' }],
  // areas with places of two prefectures
  ['498-0807', { state: '三重県', city: '桑名郡木曽岬町' }],
  ['498-0001', { state: '愛知県', city: '弥富市' }],
  // nobody has these
  ['100-9999', null],
  ['000-0000', null],
])('%s is in %j', (zip, place) => expect(placeOf(zip)).toEqual(place));

test('every prefecture is there, and more than 100,000 codes', () => {
  const areas = Array.from({ length: 1_000 }, (_, area) => postalCodesOf(String(area).padStart(3, '0')));
  const tables = areas.filter((text) => text !== null).map((text) => JSON.parse(text) as AreaCodes);
  expect(new Set(tables.flatMap(Object.keys)).size).toBe(47);
  const rows = tables.flatMap((codes) => Object.values(codes).flatMap((cities) => Object.values(cities)));
  expect(rows.reduce((sum, row) => sum + row.length / 4, 0)).toBeGreaterThan(100_000);
});
