/** Below every id of that moment's events: a day is allowed for ids made ahead of their commit, and clocks that differ. */
export function lowestIdAt(moment: number): string {
  const hex = Math.max(0, moment - 24 * 60 * 60_000)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
