import { expect, test } from 'vitest';
import { readEntryCharacter } from './entry-characters.js';

const readings = [
  ['0', 0],
  ['9', 9],
  ['０', 0],
  ['９', 9],
  [' ', 'separator'],
  ['\u00a0', 'separator'],
  ['\u3000', 'separator'],
  ['\u200b', 'separator'],
  ['\t', 'separator'],
  ['-', 'separator'],
  ['‐', 'separator'],
  ['–', 'separator'],
  ['—', 'separator'],
  ['−', 'separator'],
  ['－', 'separator'],
  ['ー', 'separator'],
  ['ｰ', 'separator'],
  ['/', null],
  [':', null],
  ['a', null],
  ['一', null],
  ['٣', null],
  ['\0', null],
  ['💳', null],
] as const;

for (const [character, reading] of readings) {
  const codePoint = character.codePointAt(0) as number;
  test(`U+${codePoint.toString(16).padStart(4, '0')} in a number is read as ${reading}`, () => {
    expect(readEntryCharacter(codePoint)).toBe(reading);
  });
}
