import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { guardedLookup, whyNotCallable } from '../../agencies/address.ts';

/**
 * Every way known to us of writing an address inside as a URL; the guard answers before a socket is
 * opened.
 */
const BYPASSES: [url: string, fault: string][] = [
  // loopback
  ['https://127.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://127.0.0.1:8443/steps', 'ADDRESS_FORBIDDEN'],
  ['https://127.1/', 'ADDRESS_FORBIDDEN'],
  ['https://127.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://127.255.255.254/', 'ADDRESS_FORBIDDEN'],
  ['https://2130706433/', 'ADDRESS_FORBIDDEN'],
  ['https://0x7f000001/', 'ADDRESS_FORBIDDEN'],
  ['https://0x7F.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://0x7f.1/', 'ADDRESS_FORBIDDEN'],
  ['https://017700000001/', 'ADDRESS_FORBIDDEN'],
  ['https://0177.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://0177.0.0.0x1/', 'ADDRESS_FORBIDDEN'],
  ['https://00000177.0.0.01/', 'ADDRESS_FORBIDDEN'],
  ['https://127.0.0.1./', 'ADDRESS_FORBIDDEN'],
  ['https://%31%32%37.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://127%2e0%2e0%2e1/', 'ADDRESS_FORBIDDEN'],
  ['https://127。0。0。1/', 'ADDRESS_FORBIDDEN'],
  ['https://①②⑦.⓪.⓪.①/', 'ADDRESS_FORBIDDEN'],
  ['https://１２７.０.０.１/', 'ADDRESS_FORBIDDEN'],
  ['https:127.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https:\\\\127.0.0.1\\', 'ADDRESS_FORBIDDEN'],
  ['https://\t127.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://[::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[0:0:0:0:0:0:0:1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[0000::0001]/', 'ADDRESS_FORBIDDEN'],
  // “this” host
  ['https://0/', 'ADDRESS_FORBIDDEN'],
  ['https://0.0.0.0/', 'ADDRESS_FORBIDDEN'],
  ['https://0x0/', 'ADDRESS_FORBIDDEN'],
  ['https://[::]/', 'ADDRESS_FORBIDDEN'],
  // private and shared networks
  ['https://10.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://10.255.255.255/', 'ADDRESS_FORBIDDEN'],
  ['https://167772161/', 'ADDRESS_FORBIDDEN'],
  ['https://172.16.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://172.31.255.255/', 'ADDRESS_FORBIDDEN'],
  ['https://192.168.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://0xc0a80001/', 'ADDRESS_FORBIDDEN'],
  ['https://192.168.257/', 'ADDRESS_FORBIDDEN'],
  ['https://100.64.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://198.18.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://192.0.2.1/', 'ADDRESS_FORBIDDEN'],
  ['https://[fc00::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[fd12:3456:789a::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[fec0::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[2001:db8::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[3fff:fff::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[5f00::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[2001:10::1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[2001:2f:ffff::1]/', 'ADDRESS_FORBIDDEN'],
  // link-local and cloud metadata
  ['https://169.254.169.254/latest/meta-data/', 'ADDRESS_FORBIDDEN'],
  ['https://2852039166/', 'ADDRESS_FORBIDDEN'],
  ['https://0xA9FEA9FE/', 'ADDRESS_FORBIDDEN'],
  ['https://0251.0376.0251.0376/', 'ADDRESS_FORBIDDEN'],
  ['https://169.254.43518/', 'ADDRESS_FORBIDDEN'],
  ['https://100.100.100.200/', 'ADDRESS_FORBIDDEN'],
  ['https://[fd00:ec2::254]/', 'ADDRESS_FORBIDDEN'],
  ['https://[fe80::1]/', 'ADDRESS_FORBIDDEN'],
  // multicast and broadcast
  ['https://224.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://255.255.255.255/', 'ADDRESS_FORBIDDEN'],
  ['https://240.0.0.1/', 'ADDRESS_FORBIDDEN'],
  ['https://[ff02::1]/', 'ADDRESS_FORBIDDEN'],
  // IPv4 inside IPv6
  ['https://[::ffff:127.0.0.1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[::ffff:7f00:1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[0:0:0:0:0:ffff:10.0.0.1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[::ffff:a9fe:a9fe]/', 'ADDRESS_FORBIDDEN'],
  ['https://[::ffff:0:127.0.0.1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[::127.0.0.1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[::10.0.0.1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[64:ff9b::127.0.0.1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[64:ff9b::a9fe:a9fe]/', 'ADDRESS_FORBIDDEN'],
  ['https://[64:ff9b:1::a00:1]/', 'ADDRESS_FORBIDDEN'],
  ['https://[2002:7f00:1::]/', 'ADDRESS_FORBIDDEN'],
  ['https://[2001:0:7f00:1::]/', 'ADDRESS_FORBIDDEN'],
  // not a URL at all
  ['https://[fe80::1%25eth0]/', 'URL_UNREADABLE'],
  ['https://127.0.0.1%00.example.org/', 'URL_UNREADABLE'],
  ['https://256.256.256.256/', 'URL_UNREADABLE'],
  ['https://1.2.3.4.5/', 'URL_UNREADABLE'],
  ['https://exa mple.org/', 'URL_UNREADABLE'],
  ['//127.0.0.1/', 'URL_UNREADABLE'],
  ['agency.example.org', 'URL_UNREADABLE'],
  ['', 'URL_UNREADABLE'],
  // other schemes
  ['http://agency.example.org/', 'URL_SCHEME'],
  ['file:///etc/passwd', 'URL_SCHEME'],
  ['gopher://127.0.0.1:6379/_INFO', 'URL_SCHEME'],
  ['ftp://agency.example.org/', 'URL_SCHEME'],
  ['javascript:alert(1)', 'URL_SCHEME'],
  ['data:application/json,{}', 'URL_SCHEME'],
  ['unix:/var/run/docker.sock', 'URL_SCHEME'],
  // credentials that dress up the host
  ['https://agency.example.org@127.0.0.1/', 'URL_CREDENTIALS'],
  ['https://user:secret@agency.example.org/', 'URL_CREDENTIALS'],
  ['https://:secret@agency.example.org/', 'URL_CREDENTIALS'],
  ['https://agency.example.org:443@10.0.0.1/', 'URL_CREDENTIALS'],
  // ports of other services
  ['https://agency.example.org:22/', 'URL_PORT'],
  ['https://agency.example.org:25/', 'URL_PORT'],
  ['https://agency.example.org:0/', 'URL_PORT'],
];

const resolving =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

const look = (lookup: LookupFunction, all = true) =>
  new Promise<string | LookupAddress[]>((resolve, reject) => {
    lookup('agency.example.org', { all }, (error, address) => (error ? reject(error) : resolve(address)));
  });

describe('the URL of an agency', () => {
  it.each(BYPASSES)('%j is refused with %s', (url, fault) => {
    expect(whyNotCallable(url, false)).toBe(fault);
  });

  it.each([
    'https://agency.example.org/api',
    'https://agency.example.org:8443/',
    'https://政务.example.org/',
    'https://8.8.8.8/',
    'https://[2400:3200::1]/',
  ])('%s is fine', (url) => {
    expect(whyNotCallable(url, false)).toBeUndefined();
  });

  it.each(['http://127.0.0.1:8080/', 'http://10.1.2.3/', 'https://[::1]:99/', 'http://localhost/'])(
    '%s is fine for an agency that may be private',
    (url) => {
      expect(whyNotCallable(url, true)).toBeUndefined();
    },
  );

  it.each(['http://169.254.169.254/', 'http://100.100.100.200/', 'http://[::ffff:127.0.0.1]/', 'http://0/'])(
    '%s is refused even then',
    (url) => {
      expect(whyNotCallable(url, true)).toBe('ADDRESS_FORBIDDEN');
    },
  );
});

describe('the lookup of an agency’s name', () => {
  it.each(['127.0.0.1', '::1', '10.9.8.7', '169.254.169.254', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'fe80::1%eth0'])(
    'refuses a name that leads to %s',
    async (address) => {
      await expect(look(guardedLookup(false, resolving(address)))).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' });
    },
  );

  it('refuses a name with one forbidden address among good ones', async () => {
    const lookup = guardedLookup(false, resolving('8.8.8.8', '10.0.0.1'));
    await expect(look(lookup)).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' });
  });

  it('gives the socket the addresses that it checked, so that rebinding the name has no effect', async () => {
    const answers = [resolving('8.8.8.8'), resolving('127.0.0.1')];
    let asked = 0;
    const rebinding: LookupFunction = (...args) => answers[asked++]!(...args);
    expect(await look(guardedLookup(false, rebinding))).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(asked).toBe(1);
  });

  it('returns a single address when one is asked for', async () => {
    expect(await look(guardedLookup(false, resolving('8.8.8.8')), false)).toBe('8.8.8.8');
  });

  it('fails as the system does when there is no such name', async () => {
    const failing: LookupFunction = (_hostname, _options, callback) => {
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '');
    };
    await expect(look(guardedLookup(false, failing))).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('allows a private agency on this machine', async () => {
    expect(await look(guardedLookup(true, resolving('127.0.0.1')))).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });
});
