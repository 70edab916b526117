import { expect, test } from 'vitest';
import { prefectureOf } from './prefectures.js';

// biome-ignore format: a table
test.each([
  ['001-0000', '北海道'],
  ['060-0001', '北海道'],
  ['030-0801', '青森県'],
  ['100-0001', '東京都'],
  ['220-0011', '神奈川県'],
  ['460-0001', '愛知県'],
  ['530-0001', '大阪府'],
  ['600-8216', '京都府'],
  ['685-0013', '島根県'],
  ['812-0011', '福岡県'],
  ['817-0021', '長崎県'],
  ['900-0014', '沖縄県'],
  ['990-8580', '山形県'],
  // an area with places of two prefectures
  ['498-0807', null],
  ['618-0001', null],
  ['871-0811', null],
  // nobody has these
  ['000-0000', null],
  ['199-0000', null],
  ['209-0000', null],
  ['908-0000', null],
])('%s lies in %s', (zip, name) => expect(prefectureOf(zip)).toBe(name));

test('every prefecture is there', () => {
  const zips = Array.from({ length: 1_000 }, (_, area) => `${String(area).padStart(3, '0')}-0000`);
  expect(new Set(zips.map(prefectureOf).filter((name) => name !== null)).size).toBe(47);
});
