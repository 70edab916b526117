import { expect, test } from 'vitest';
import { addressNetwork } from './address-network.js';

// biome-ignore format: a table
const CASES = [
  ['192.0.2.7',                      '192.0.2.7'],
  ['::ffff:192.0.2.7',               '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6',           '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::6',         '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff::',            '2001:db8:1:2::/64'],
  ['2001:db8::6',                    '2001:db8:0:0::/64'],
  ['2001:db8:0:1::6',                '2001:db8:0:1::/64'],
  ['::1',                            '0:0:0:0::/64'],
  ['fe80::1%eth0',                   'fe80:0:0:0::/64'],
] as const;

for (const [address, network] of CASES) {
  test(`${address} counts as ${network}`, () => {
    expect(addressNetwork(address)).toBe(network);
  });
}
