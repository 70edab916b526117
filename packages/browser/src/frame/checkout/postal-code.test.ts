import { expect, test } from 'vitest';
import { readPostalCode } from './postal-code.js';

// biome-ignore format: a table
test.each([
  // typed                 is read as      or is
  ['02118',                '02118',        null],
  [' 02118-1234 ',         '02118-1234',   null],
  ['021181234',            '02118-1234',   null],
  ['０２１１８',            '02118',        null],
  ['02118–1234',           '02118-1234',   null],
  ['k1a 0b1',              'K1A 0B1',      null],
  ['K1A-0B1',              'K1A 0B1',      null],
  ['K1A0B1',               'K1A 0B1',      null],
  ['',                     null,           'required'],
  ['   ',                  null,           'required'],
  ['0211',                 null,           'unreadable'],
  ['021188',               null,           'unreadable'],
  ['100-0001',             null,           'unreadable'],
  ['K1A 0B',               null,           'unreadable'],
  ['4242 4242 4242 4242',  null,           'looks_like_card_number'],
  ['0'.repeat(41),         null,           'unreadable'],
])('%j is %j (%s)', (text, code, problem) => expect(readPostalCode(text)).toEqual({ code, problem }));
