import { expect, it } from 'vitest';
import { lineOf, networkOf } from '../../api/http/network.ts';

it.each([
  ['192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
  ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64', '0:0:0:0::/64'],
  [undefined, '', ''],
])('the address %s belongs to the line %s and to the network %s', (ip, line, network) => {
  expect([lineOf(ip), networkOf(ip)]).toEqual([line, network]);
});
