import { isIPv4, isIPv6 } from 'node:net';

/**
 * The addresses of one line: an IPv4 address, or the /64 of an IPv6 address, because a provider gives
 * one line a /64 or more.
 */
export const lineOf = (ip: string | undefined): string => {
  const address = plainOf(ip);
  return isIPv6(address) ? prefix64(address) : address;
};

/** The network of an address: its /24 (IPv4) or its /64 (IPv6). */
export const networkOf = (ip: string | undefined): string => {
  const address = plainOf(ip);
  return isIPv4(address) ? `${address.slice(0, address.lastIndexOf('.'))}.0/24` : lineOf(address);
};

/** Without a zone; an IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) as IPv4. */
const plainOf = (ip = ''): string => {
  const address = ip.replace(/%.*$/, '');
  const mapped = address.replace(/^::ffff:/i, '');
  return isIPv4(mapped) ? mapped : address;
};

const prefix64 = (address: string): string => {
  // The URL parser writes every notation of an address in the same way.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const zeros = Array<string>(tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length).fill('0');
  return `${[...groups(head), ...zeros, ...groups(tail)].slice(0, 4).join(':')}::/64`;
};
