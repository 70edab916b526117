import type { CardFormField, FieldTexts } from '../../packages/browser/src/frame/texts/fields.js';

/** What a person or a browser does in one field. Keys by their names; `|` is the caret, `[` and `]` a selection's ends. */
export type Step =
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'press'; readonly keys: readonly string[] }
  | { readonly do: 'undo' }
  | { readonly do: 'paste'; readonly text: string }
  /** The text is there at once, without a key: so do autofill and password managers. */
  | { readonly do: 'fill'; readonly text: string }
  | { readonly do: 'place'; readonly marked: string }
  /** With an input method: the texts that it shows one after the other, and in the end the last. */
  | { readonly do: 'compose'; readonly texts: readonly string[] };

export interface EntryCase {
  readonly name: string;
  readonly field: CardFormField;
  readonly steps: readonly Step[];
  /** The text then, with the caret where it matters. */
  readonly shows: string;
  /** What is said once the field is left; `null` for nothing. */
  readonly problem: string | null;
  readonly brand?: string;
  /** The text once the field is left, where that is another. */
  readonly leaves?: string;
  /** Of the field that is filled beside it first: the code depends on the number's brand. */
  readonly number?: string;
}

type Problem<F extends CardFormField> = keyof FieldTexts['problems'][F] & string;
type Row<F extends CardFormField> = readonly [
  name: string,
  steps: readonly Step[],
  shows: string,
  problem: Problem<F> | null,
  more?: Pick<EntryCase, 'brand' | 'leaves' | 'number'>,
];

const type = (text: string): Step => ({ do: 'type', text });
const press = (...keys: string[]): Step => ({ do: 'press', keys });
const paste = (text: string): Step => ({ do: 'paste', text });
const fill = (text: string): Step => ({ do: 'fill', text });
const place = (marked: string): Step => ({ do: 'place', marked });
const compose = (...texts: string[]): Step => ({ do: 'compose', texts });
const UNDO: Step = { do: 'undo' };
const times = (count: number, key: string): Step => ({ do: 'press', keys: Array<string>(count).fill(key) });

const VISA = { brand: 'Visa' };
const WHOLE = '4242 4242 4242 4242';

// biome-ignore format: a table
const NUMBERS: readonly Row<'card_number'>[] = [
  // what is done                                       how                                                     shows                       problem
  ['typed',                                             [type('4242424242424242')],                             `${WHOLE}|`,                null,            VISA],
  ['typed with blanks',                                 [type('4242 4242 4242 4242')],                          `${WHOLE}|`,                null,            VISA],
  ['typed with dashes',                                 [type('4242-4242-4242-4242')],                          `${WHOLE}|`,                null,            VISA],
  ['typed in full-width digits',                        [type('４２４２４２４２４２４２４２４２')],                 `${WHOLE}|`,                null,            VISA],
  ['typed in part',                                     [type('42424')],                                        '4242 4|',                  'too_short',     VISA],
  ['typed with one digit wrong',                        [type('4242424242424241')],                             '4242 4242 4242 4241|',     'mistyped',      VISA],
  ['typed with a digit too many',                       [type('42424242424242424242')],                         '4242 4242 4242 4242 4242|', 'too_long',      VISA],
  ['left empty',                                        [],                                                     '',                         null],
  ['only blanks',                                       [type('   ')],                                          '',                         null],
  ['typed with a letter',                               [type('4242x')],                                        '4242x|',                   'not_digits'],
  ['typed in Arabic digits',                            [type('٤٢٤٢')],                                         '٤٢٤٢|',                    'not_digits'],
  ['pasted as digits',                                  [paste('4242424242424242')],                            `${WHOLE}|`,                null,            VISA],
  ['pasted with blanks',                                [paste('4242 4242 4242 4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with blanks around',                         [paste('  4242424242424242  ')],                        `${WHOLE}|`,                null,            VISA],
  ['pasted with hyphens',                               [paste('4242-4242-4242-4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with no-break spaces',                       [paste('4242\u00a04242\u00a04242\u00a04242')],          `${WHOLE}|`,                null,            VISA],
  ['pasted with narrow no-break spaces',                [paste('4242\u202f4242\u202f4242\u202f4242')],          `${WHOLE}|`,                null,            VISA],
  ['pasted with thin spaces',                           [paste('4242\u20094242\u20094242\u20094242')],          `${WHOLE}|`,                null,            VISA],
  ['pasted with figure spaces',                         [paste('4242\u20074242\u20074242\u20074242')],          `${WHOLE}|`,                null,            VISA],
  ['pasted with ideographic spaces',                    [paste('4242　4242　4242　4242')],                      `${WHOLE}|`,                null,            VISA],
  ['pasted with zero-width spaces',                     [paste('4242\u200b4242\u200b4242\u200b4242')],          `${WHOLE}|`,                null,            VISA],
  ['pasted with a byte order mark',                     [paste('\ufeff4242424242424242')],                      `${WHOLE}|`,                null,            VISA],
  ['pasted with marks of direction',                    [paste('\u202d4242424242424242\u202c')],                `${WHOLE}|`,                null,            VISA],
  ['pasted with tabs',                                  [paste('4242\t4242\t4242\t4242')],                      `${WHOLE}|`,                null,            VISA],
  ['pasted with a line break',                          [paste('4242 4242\n4242 4242\n')],                      `${WHOLE}|`,                null,            VISA],
  ['pasted with hyphens of Unicode',                    [paste('4242‐4242‐4242‐4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with non-breaking hyphens',                  [paste('4242\u20114242\u20114242\u20114242')],          `${WHOLE}|`,                null,            VISA],
  ['pasted with figure dashes',                         [paste('4242‒4242‒4242‒4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with en dashes',                             [paste('4242–4242–4242–4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with em dashes',                             [paste('4242—4242—4242—4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with horizontal bars',                       [paste('4242―4242―4242―4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with minus signs',                           [paste('4242−4242−4242−4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with full-width hyphens',                    [paste('４２４２－４２４２－４２４２－４２４２')],         `${WHOLE}|`,                null,            VISA],
  ['pasted with the long vowel of kana',                [paste('４２４２ー４２４２ー４２４２ー４２４２')],         `${WHOLE}|`,                null,            VISA],
  ['pasted with the half-width long vowel',             [paste('4242ｰ4242ｰ4242ｰ4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with box drawing',                           [paste('4242─4242━4242─4242')],                         `${WHOLE}|`,                null,            VISA],
  ['pasted with soft hyphens',                          [paste('4242\u00ad4242\u00ad4242\u00ad4242')],          `${WHOLE}|`,                null,            VISA],
  ['pasted in circled digits, which count as digits',   [paste('④②④②')],                                        '4242|',                    'too_short',     VISA],
  ['pasted inside a sentence: it stays as it is',       [paste('My card: 4242424242424242')],                   'My card: 4242424242424242|', 'not_digits'],
  ['pasted with dots: it stays as it is',               [paste('4242.4242.4242.4242')],                         '4242.4242.4242.4242|',     'not_digits'],
  ['pasted with slashes: it stays as it is',            [paste('4242/4242/4242/4242')],                         '4242/4242/4242/4242|',     'not_digits'],
  ['pasted as something else',                          [paste('https://example.com/?a=1')],                    'https://example.com/?a=1|', 'not_digits'],
  ['pasted into the middle',                            [fill('42424242'), place('4242| 4242'), paste('9999')], '4242 9999| 4242',          'too_short',     VISA],
  ['pasted over everything',                            [fill('5555'), place('[5555]'), paste('4242424242424242')], `${WHOLE}|`,            null,            VISA],
  ['filled in by the browser',                          [fill('4242424242424242')],                             WHOLE,                      null,            VISA],
  ['filled in by the browser with dashes',              [fill('4242-4242-4242-4242')],                          WHOLE,                      null,            VISA],
  ['filled in by the browser a second time',            [fill('4242424242424242'), fill('5555555555554444')],   '5555 5555 5555 4444',      null,            { brand: 'Mastercard' }],
  ['composed in full-width digits',                     [compose('４', '４２', '４２４２４')],                    '4242 4|',                  'too_short',     VISA],
  ['composed in one go to the end',                     [compose('４２４２', '４２４２４２４２４２４２４２４２')],  `${WHOLE}|`,                null,            VISA],
  ['composed in the middle',                            [fill('42424242'), place('4242 |4242'), compose('９', '９９')], '4242 99|42 42',      'too_short',     VISA],
  ['composed as kana',                                  [compose('よ', 'よん')],                                'よん|',                    'not_digits'],
  ['a digit put in at the start',                       [fill('24242424'), place('|2424 2424'), type('4')],     '4|242 4242 4',             'too_short',     VISA],
  ['a digit put in inside the first group',             [fill('42424242'), place('42|42 4242'), type('9')],     '429|4 2424 2',             'too_short',     VISA],
  ['a digit put in before a separator',                 [fill('42424242'), place('4242| 4242'), type('9')],     '4242 9|424 2',             'too_short',     VISA],
  ['a digit put in after a separator',                  [fill('42424242'), place('4242 |4242'), type('9')],     '4242 9|424 2',             'too_short',     VISA],
  ['a letter put in, and taken out again',              [fill('42424242'), place('4242| 4242'), type('x'), press('Backspace')], '4242| 4242', 'too_short',   VISA],
  ['a blank put in where there is one',                 [fill('42424242'), place('4242| 4242'), type(' ')],     '4242| 4242',               'too_short',     VISA],
  ['Backspace at the end',                              [fill('42424'), place('4242 4|'), press('Backspace')],  '4242|',                    'too_short',     VISA],
  ['Backspace on a separator, which goes over it',      [fill('42424242'), place('4242 |4242'), press('Backspace')], '4242| 4242',          'too_short',     VISA],
  ['Backspace on a separator, and once more',           [fill('42424242'), place('4242 |4242'), times(2, 'Backspace')], '424|4 242',        'too_short',     VISA],
  ['Backspace in the middle',                           [fill('42429242'), place('4242 9|242'), press('Backspace')], '4242 |242',           'too_short',     VISA],
  ['Backspace at the start',                            [fill('42424242'), place('|4242 4242'), press('Backspace')], '|4242 4242',          'too_short',     VISA],
  ['Backspace until nothing is left',                   [fill('4242 4'), place('4242 4|'), times(7, 'Backspace')], '|',                     null],
  ['Delete in the middle',                              [fill('42424242'), place('42|42 4242'), press('Delete')], '42|24 242',              'too_short',     VISA],
  ['Delete on a separator, which goes over it',         [fill('42424242'), place('4242| 4242'), press('Delete')], '4242 |4242',             'too_short',     VISA],
  ['Delete on a separator, and once more',              [fill('42429242'), place('4242| 9242'), times(2, 'Delete')], '4242 |242',           'too_short',     VISA],
  ['Delete at the end',                                 [fill('4242'), place('4242|'), press('Delete')],        '4242|',                    'too_short',     VISA],
  ['Delete the first digit, and the brand with it',     [fill('45454545'), place('|4545 4545'), press('Delete')], '|5454 545',              'too_short',     { brand: 'Mastercard' }],
  ['a selection typed over',                            [fill('42424242'), place('4[242 4]242'), type('9')],    '49|24 2',                  'too_short',     VISA],
  ['a selection deleted',                               [fill('42424242'), place('42[42 42]42'), press('Delete')], '42|42',                 'too_short',     VISA],
  ['a selection with a separator, taken back',          [fill('42424242'), place('4242[ 42]42'), press('Backspace')], '4242| 42',           'too_short',     VISA],
  ['all typed over',                                    [fill('4242424242424242'), place(`[${WHOLE}]`), type('5555')], '5555|',             'too_short',     { brand: 'Mastercard' }],
  ['arrow keys, which stop at each place',              [fill('42424242'), place('4242 4242|'), times(5, 'ArrowLeft'), type('9')], '4242 9|424 2', 'too_short', VISA],
  ['Home, and a digit',                                 [fill('2424'), place('2424|'), press('Home'), type('4')], '4|242 4',                'too_short',     VISA],
  ['End, and a digit',                                  [fill('4242'), place('|4242'), press('End'), type('4')], '4242 4|',                 'too_short',     VISA],
  ['undone before there is a separator',                [type('4'), UNDO],                                      '',                         null],
  ['a groups change when the brand does',               [fill('378282246310005'), place('|3782 822463 10005'), press('Delete')], '|7828 2246 3100 05', 'mistyped'],
  ['a mistake, then mended',                            [type('4242424242424241'), press('Backspace'), type('2')], `${WHOLE}|`,             null,            VISA],
];

// biome-ignore format: a table
const BRANDS: readonly Row<'card_number'>[] = [
  ['Visa of 13 digits, which there are no more',   [fill('4222222222222')],          '4222 2222 2222 2',          'too_short', VISA],
  ['Visa of 19 digits',                            [fill('4242424242424242428')],    '4242 4242 4242 4242 428',   null,        VISA],
  ['Mastercard, 51 to 55',                         [fill('5105105105105100')],       '5105 1051 0510 5100',       null,        { brand: 'Mastercard' }],
  ['Mastercard, from 2221',                        [fill('2221')],                   '2221',                      'too_short', { brand: 'Mastercard' }],
  ['Mastercard, to 2720',                          [fill('2720')],                   '2720',                      'too_short', { brand: 'Mastercard' }],
  ['none below 2221',                              [fill('2220')],                   '2220',                      'too_short'],
  ['none beyond 2720',                             [fill('2721')],                   '2721',                      'too_short'],
  ['JCB',                                          [fill('3530111333300000')],       '3530 1113 3330 0000',       null,        { brand: 'JCB' }],
  ['JCB, another',                                 [fill('3566002020360505')],       '3566 0020 2036 0505',       null,        { brand: 'JCB' }],
  ['JCB, from 3528',                               [fill('3528')],                   '3528',                      'too_short', { brand: 'JCB' }],
  ['JCB, to 3589',                                 [fill('3589')],                   '3589',                      'too_short', { brand: 'JCB' }],
  ['none below 3528',                              [fill('3527')],                   '3527',                      'too_short'],
  ['none beyond 3589',                             [fill('3590')],                   '3590',                      'too_short'],
  ['JCB of 20 digits',                             [fill('35301113333000001111')],   '3530 1113 3330 0000 1111',  'too_long',  { brand: 'JCB' }],
  ['American Express, 4-6-5',                      [type('378282246310005')],        '3782 822463 10005|',        null,        { brand: 'American Express' }],
  ['American Express, 34',                         [fill('34')],                     '34',                        'too_short', { brand: 'American Express' }],
  ['American Express, a digit put in',             [fill('37828224631000'), place('3782 8|22463 1000'), type('9')], '3782 89|2246 31000', 'mistyped', { brand: 'American Express' }],
  ['American Express of 16 digits',                [fill('3782822463100055')],       '3782 822463 100055',        'too_long',  { brand: 'American Express' }],
  ['Diners Club, 4-6-4',                           [type('38520000023237')],         '3852 000002 3237|',         null,        { brand: 'Diners Club' }],
  ['Diners Club, 3095',                            [fill('30569309025904')],         '3056 930902 5904',          null,        { brand: 'Diners Club' }],
  ['Discover',                                     [fill('6011111111111117')],       '6011 1111 1111 1117',       null,        { brand: 'Discover' }],
  ['UnionPay of 16 digits',                        [fill('6200000000000005')],       '6200 0000 0000 0005',       null,        { brand: 'UnionPay' }],
  ['UnionPay of 19 digits',                        [fill('6205500000000000004')],    '6205 5000 0000 0000 004',   null,        { brand: 'UnionPay' }],
  ['UnionPay of 15 digits',                        [fill('620000000000000')],        '6200 0000 0000 000',        'too_short', { brand: 'UnionPay' }],
  ['UnionPay, 81',                                 [fill('8100')],                   '8100',                      'too_short', { brand: 'UnionPay' }],
  ['a brand that is not known is no problem',      [fill('9000000000000001')],       '9000 0000 0000 0001',       null],
];

const NOW = new Date();
const year = (offset: number) => NOW.getUTCFullYear() + offset;
const yy = (offset: number) => String(year(offset) % 100).padStart(2, '0');

// biome-ignore format: a table
const EXPIRIES: readonly Row<'card_expiry'>[] = [
  ['four digits',                             [type('1234')],                                         '12 / 34|',     null],
  ['with a slash',                            [type('12/34')],                                        '12 / 34|',     null],
  ['with a slash and blanks',                 [type('12 / 34')],                                      '12 / 34|',     null],
  ['with a dash',                             [type('12-34')],                                        '12-34|',       null,            { leaves: '12 / 34' }],
  ['with a blank',                            [type('12 34')],                                        '12 34|',       null,            { leaves: '12 / 34' }],
  ['with a dot',                              [type('12.34')],                                        '12.34|',       null,            { leaves: '12 / 34' }],
  ['a month of one digit',                    [type('3/31')],                                         '3/31|',        null,            { leaves: '03 / 31' }],
  ['three digits',                            [type('331')],                                          '331|',         null,            { leaves: '03 / 31' }],
  ['a year of four digits',                   [paste('12/2034')],                                     '12/2034|',     null,            { leaves: '12 / 34' }],
  ['six digits',                              [paste('122034')],                                      '122034|',      null,            { leaves: '12 / 34' }],
  ['the year first',                          [paste('2034-12')],                                     '2034-12|',     null,            { leaves: '12 / 34' }],
  ['the year first, six digits',              [paste('203412')],                                      '203412|',      null,            { leaves: '12 / 34' }],
  ['in Japanese',                             [paste('2034年12月')],                                  '2034年12月|',  null,            { leaves: '12 / 34' }],
  ['in Japanese, full-width',                 [paste('２０３４年３月')],                              '２０３４年３月|', null,         { leaves: '03 / 34' }],
  ['in Japanese, the month first',            [paste('12月34年')],                                    '12月34年|',    null,            { leaves: '12 / 34' }],
  ['full-width digits and slash',             [paste('１２／３４')],                                  '12 / 34|',     null],
  ['full-width digits composed',              [compose('１２', '１２３４')],                          '12 / 34|',     null],
  ['a fraction slash',                        [paste('12⁄34')],                                       '12⁄34|',       null,            { leaves: '12 / 34' }],
  ['filled in by the browser, two digits',    [fill('12/34')],                                        '12 / 34',      null],
  ['filled in by the browser, four digits',   [fill('12/2034')],                                      '12/2034',      null,            { leaves: '12 / 34' }],
  ['filled in by the browser, a month input', [fill('2034-12')],                                      '2034-12',      null,            { leaves: '12 / 34' }],
  ['past by a year',                          [fill(`12/${yy(-1)}`)],                                 `12 / ${yy(-1)}`, 'past'],
  ['past by many years',                      [fill('01/2001')],                                      '01/2001',      'past'],
  ['good until this year ends',               [fill(`12/${yy(0)}`)],                                  `12 / ${yy(0)}`, null],
  ['20 years ahead but a month',              [fill(`01/${year(20)}`)],                               `01/${year(20)}`, null,          { leaves: `01 / ${yy(20)}` }],
  ['more than 20 years ahead',                [fill(`12/${year(21)}`)],                               `12/${year(21)}`, 'too_far'],
  ['a month 13',                              [type('13/34')],                                        '13/34|',       'no_such_month'],
  ['a month 00',                              [type('00/34')],                                        '00/34|',       'no_such_month'],
  ['words',                                   [paste('December 2034')],                               'December 2034|', 'unreadable'],
  ['one digit',                               [type('1')],                                            '1|',           'unreadable'],
  ['a digit taken back from the year',        [fill('12/34'), place('12 / 34|'), press('Backspace')], '12 / 3|',      'unreadable'],
  ['all taken back',                          [fill('12/34'), place('12 / 34|'), times(9, 'Backspace')], '|',         null],
  ['Backspace after the slash',               [fill('12/34'), place('12 / |34'), press('Backspace')], '12| / 34',     null],
  ['Delete before the slash',                 [fill('12/34'), place('12| / 34'), press('Delete')],    '12 / |34',     null],
  ['the month typed over',                    [fill('12/34'), place('[12] / 34'), type('0')],         '0| / 34',      'no_such_month'],
];

// biome-ignore format: a table
const CODES: readonly Row<'card_cvc'>[] = [
  ['three digits',                          [type('123')],                '123|',      null],
  ['four digits while the brand is open',   [type('1234')],               '1234|',     null],
  ['two digits',                            [type('12')],                 '12|',       'wrong_length'],
  ['full-width digits',                     [type('１２３')],             '１２３|',   null],
  ['pasted with a blank behind',            [paste('123 ')],              '123 |',     null],
  ['letters',                               [type('12a')],                '12a|',      'not_digits'],
  ['four digits with a Visa',               [type('1234')],               '1234|',     'wrong_length', { number: '4242424242424242' }],
  ['four digits with an American Express',  [type('1234')],               '1234|',     null,           { number: '378282246310005' }],
  ['three digits with an American Express', [type('123')],                '123|',      'wrong_length', { number: '378282246310005' }],
  ['three digits with a JCB',               [type('123')],                '123|',      null,           { number: '3530111333300000' }],
];

// biome-ignore format: a table
const NAMES: readonly Row<'card_name'>[] = [
  ['in capitals',                        [type('TARO YAMADA')],                'TARO YAMADA|',        null],
  ['in small letters',                   [type('taro yamada')],                'taro yamada|',        null],
  ['full-width Latin',                   [paste('ＴＡＲＯ　ＹＡＭＡＤＡ')],    'ＴＡＲＯ　ＹＡＭＡＤＡ|', null,             { leaves: 'TARO YAMADA' }],
  ['with blanks around and between',     [paste('  TARO   YAMADA ')],          '  TARO   YAMADA |',   null,                { leaves: 'TARO YAMADA' }],
  ['with an accent',                     [paste('José Núñez')],                'José Núñez|',         null],
  ['with marks of a name',               [type("O'BRIEN-SMITH JR.")],          "O'BRIEN-SMITH JR.|",  null],
  ['kanji',                              [paste('山田太郎')],                  '山田太郎|',           'not_latin'],
  ['hiragana',                           [paste('やまだたろう')],              'やまだたろう|',       'not_latin'],
  ['katakana',                           [paste('ヤマダ タロウ')],             'ヤマダ タロウ|',      'not_latin'],
  ['half-width katakana',                [paste('ﾔﾏﾀﾞ ﾀﾛｳ')],                    'ﾔﾏﾀﾞ ﾀﾛｳ|',             'not_latin'],
  ['hangul',                             [paste('김철수')],                    '김철수|',             'not_latin'],
  ['composed, and left alone meanwhile', [compose('ｔ', 'ｔａ', 'ｔａｒｏ')],  'ｔａｒｏ|',           null,                { leaves: 'taro' }],
  ['12 digits',                          [type('424242424242')],               '424242424242|',       'looks_like_card_number'],
  ['a card number with blanks',          [paste('4242 4242 4242 4242')],       '4242 4242 4242 4242|', 'looks_like_card_number'],
  ['a card number in full-width digits', [paste('４２４２４２４２４２４２４２４２')], '４２４２４２４２４２４２４２４２|', 'looks_like_card_number'],
  ['11 digits beside letters',           [paste('TARO 12345678901')],          'TARO 12345678901|',   null],
  ['no letter at all',                   [type('---')],                        '---|',                'unreadable'],
  ['46 letters',                         [fill('A'.repeat(46))],               'A'.repeat(46),        'too_long'],
  ['45 letters',                         [fill('A'.repeat(45))],               'A'.repeat(45),        null],
  ['undone',                             [type('T'), UNDO],                    '',                    null],
];

// biome-ignore format: a table
const CONTACTS: readonly Row<'email'>[] = [
  ['an address',                  [type('taro@example.com')],       'taro@example.com|',    null],
  ['full-width',                  [paste('ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ')], 'ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ|', null],
  ['no address',                  [type('taro')],                   'taro|',                'unreadable'],
  ['a card number',               [paste('4242424242424242')],      '4242424242424242|',    'looks_like_card_number'],
];

export const ENTRY_CASES: readonly EntryCase[] = [
  ...rows('card_number', NUMBERS),
  ...rows('card_number', BRANDS),
  ...rows('card_expiry', EXPIRIES),
  ...rows('card_cvc', CODES),
  ...rows('card_name', NAMES),
  ...rows('email', CONTACTS),
];

function rows<F extends CardFormField>(field: F, table: readonly Row<F>[]): readonly EntryCase[] {
  return table.map(([name, steps, shows, problem, more]) => ({ name, field, steps, shows, problem, ...more }));
}
