/**
 * The prefecture that a Japanese postal code lies in, by its first three digits; `null` where they do not tell, which is
 * so for areas that reach over a border, and for codes that nobody has.
 * Source: Japan Post gives the first two digits by region; the areas that are left out are those with places of two
 * prefectures (018, 431, 498, 520, 618, 630, 647, 648, 684, 811, 848, 871, 922, 949).
 */
export function prefectureOf(zip: string): string | null {
  const area = Number(zip.slice(0, 3));
  if (ACROSS_BORDERS.has(area)) return null;
  return AREAS.find(([from, to]) => from <= area && area <= to)?.[2] ?? null;
}

const ACROSS_BORDERS: ReadonlySet<number> = new Set([
  18, 431, 498, 520, 618, 630, 647, 648, 684, 811, 848, 871, 922, 949,
]);

// biome-ignore format: a table
const AREAS: readonly (readonly [from: number, to: number, name: string])[] = [
  [1, 7, '北海道'],     [10, 19, '秋田県'],   [20, 29, '岩手県'],   [30, 39, '青森県'],   [40, 99, '北海道'],
  [100, 198, '東京都'], [200, 208, '東京都'], [210, 259, '神奈川県'], [260, 299, '千葉県'], [300, 319, '茨城県'],
  [320, 329, '栃木県'], [330, 369, '埼玉県'], [370, 379, '群馬県'], [380, 399, '長野県'], [400, 409, '山梨県'],
  [410, 439, '静岡県'], [440, 499, '愛知県'], [500, 509, '岐阜県'], [510, 519, '三重県'], [520, 529, '滋賀県'],
  [530, 599, '大阪府'], [600, 629, '京都府'], [630, 639, '奈良県'], [640, 649, '和歌山県'], [650, 679, '兵庫県'],
  [680, 684, '鳥取県'], [685, 699, '島根県'], [700, 719, '岡山県'], [720, 739, '広島県'], [740, 759, '山口県'],
  [760, 769, '香川県'], [770, 779, '徳島県'], [780, 789, '高知県'], [790, 799, '愛媛県'], [800, 816, '福岡県'],
  [817, 817, '長崎県'], [818, 839, '福岡県'], [840, 849, '佐賀県'], [850, 859, '長崎県'], [860, 869, '熊本県'],
  [870, 879, '大分県'], [880, 889, '宮崎県'], [890, 899, '鹿児島県'], [900, 907, '沖縄県'], [910, 919, '福井県'],
  [920, 929, '石川県'], [930, 939, '富山県'], [940, 959, '新潟県'], [960, 979, '福島県'], [980, 989, '宮城県'],
  [990, 999, '山形県'],
];
