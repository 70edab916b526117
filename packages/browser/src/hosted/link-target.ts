/**
 * The address as it may stand in a link, or `null` for one that must not: anything but `http:` and `https:` (a
 * `javascript:` address would run in our origin), user information, and paths that leave our origin unsaid, such as
 * `//host`. A path on our own origin starts with one slash.
 */
export function linkTarget(address: string): string | null {
  if (address.length > ADDRESS_CHARACTERS_MAX || /[\p{Control}\\]/u.test(address)) return null;
  if (address.startsWith('/')) return address.startsWith('//') ? null : normalized(address, ANY_ORIGIN);
  return normalized(address);
}

const ADDRESS_CHARACTERS_MAX = 2048;
const ANY_ORIGIN = 'http://own.invalid';

function normalized(address: string, base?: string): string | null {
  if (!URL.canParse(address, base)) return null;
  const url = new URL(address, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (url.username !== '' || url.password !== '') return null;
  return base === undefined ? url.href : url.href.slice(base.length);
}
