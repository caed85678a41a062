import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Guard against requests to internal addresses (SSRF). Agencies are called only at their address in
 * the registry. An internal address is allowed only for an agency marked `allowPrivate`, for
 * government extranets and the sandbox.
 */

export type AddressFault = 'URL_UNREADABLE' | 'URL_SCHEME' | 'URL_CREDENTIALS' | 'URL_PORT' | 'ADDRESS_FORBIDDEN';

/**
 * Addresses that no agency can have, also in an extranet: cloud metadata, link-local, multicast,
 * and IPv6 addresses that contain an IPv4 address.
 */
const NEVER = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['224.0.0.0', 3],
  ['fd00:ec2::254', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  // NAT64, local NAT64, Teredo, 6to4; v4-mapped and v4-compatible below, since ::1 lies in the
  // latter
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  // ORCHID, ORCHIDv2 and segment identifiers (SRv6), which no host has
  ['2001:10::', 28],
  ['2001:20::', 28],
  ['5f00::', 16],
  ['::ffff:0:0:0', 96],
]);

const PRIVATE = blockList([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['::1', 128],
  ['fc00::', 7],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
]);

/**
 * Why an agency must not be called at this URL, as far as the URL shows it; names are checked when
 * they are resolved.
 */
export function whyNotCallable(url: string, allowPrivate: boolean): AddressFault | undefined {
  if (!URL.canParse(url)) return 'URL_UNREADABLE';
  const { protocol, username, password, port, hostname } = new URL(url);
  if (protocol !== 'https:' && !(allowPrivate && protocol === 'http:')) return 'URL_SCHEME';
  if (username !== '' || password !== '') return 'URL_CREDENTIALS';
  // Ports below 1024 belong to mail, shells and similar services. In an extranet the operator
  // chooses the port.
  if (port !== '' && Number(port) < 1024 && !allowPrivate) return 'URL_PORT';
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0 && isForbidden(address, allowPrivate)) return 'ADDRESS_FORBIDDEN';
  return undefined;
}

/**
 * A lookup for sockets. They connect to the addresses that were checked, so a name cannot change
 * its answer after the check. One forbidden address among several refuses the name. Fails with the
 * code `ADDRESS_FORBIDDEN`.
 */
export const guardedLookup =
  (allowPrivate: boolean, resolve: LookupFunction = systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses: LookupAddress[] = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (error || !first) {
        callback(error ?? failure('ENOTFOUND'), '');
      } else if (addresses.some(({ address }) => isForbidden(address, allowPrivate))) {
        callback(failure('ADDRESS_FORBIDDEN'), '');
      } else if (options.all) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };

function isForbidden(address: string, allowPrivate: boolean): boolean {
  const plain = address.replace(/%.*$/, ''); // fe80::1%eth0
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (family === 'ipv6' && holdsIpv4(plain)) return true;
  return NEVER.check(plain, family) || (!allowPrivate && PRIVATE.check(plain, family));
}

/**
 * `::ffff:0:0/96` (mapped) and `::/96` (compatible) except `::1`: other notations of an IPv4
 * address.
 */
function holdsIpv4(address: string): boolean {
  const { hostname } = new URL(`http://[${address}]`);
  return /^\[::(ffff:)?[0-9a-f]*:?[0-9a-f]*\]$/.test(hostname) && hostname !== '[::1]';
}

function blockList(ranges: [network: string, prefix: number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });
