import type { Mode } from '@onfile/core';
import ipaddr from 'ipaddr.js';

const GLOBAL_IPV6 = ipaddr.IPv6.parse('2000::');
const GLOBAL_IPV6_BITS = 3;
/** Documentation (RFC 9637), which the library's ranges do not hold. */
const DOCUMENTATION_IPV6 = ipaddr.IPv6.parse('3fff::');
const DOCUMENTATION_IPV6_BITS = 20;

/**
 * Whether an address may be connected to: global unicast, and in test mode loopback too. Forms that carry another address
 * inside (IPv4-mapped, NAT64, 6to4, Teredo) are no unicast here, whatever they carry; nor is one with a zone.
 */
export function isAddressAllowed(text: string, mode: Mode): boolean {
  if (text.includes('%') || !ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const range = address.range();
  if (range === 'loopback') return mode === 'test';
  if (range !== 'unicast') return false;
  if (address.kind() === 'ipv4') return ipaddr.IPv4.isIPv4(text) && ipaddr.IPv4.isValidFourPartDecimal(text);

  const ipv6 = address as ipaddr.IPv6;
  return ipv6.match(GLOBAL_IPV6, GLOBAL_IPV6_BITS) && !ipv6.match(DOCUMENTATION_IPV6, DOCUMENTATION_IPV6_BITS);
}
