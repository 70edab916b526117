import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, connect as realConnect, Socket } from 'node:net';
import type { Mode } from '@onfile/core';
import { describe, expect, test } from 'vitest';
import { checkUrl } from './check-url.js';
import type { Network } from './connect.js';
import { createWebhookSender } from './webhook-sender.js';

// Addresses that no delivery in live mode may reach, by what makes them so.
// biome-ignore format: a table
const NOT_PUBLIC: Readonly<Record<string, readonly string[]>> = {
  'this network':          ['0.0.0.0', '0.0.0.1', '0.1.2.3', '0.255.255.255'],
  'private':               ['10.0.0.0', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.20.10.2', '172.31.255.255', '192.168.0.1', '192.168.1.1', '192.168.255.255'],
  'carrier-grade NAT':     ['100.64.0.0', '100.64.0.1', '100.100.100.200', '100.127.255.255'],
  'loopback':              ['127.0.0.0', '127.0.0.1', '127.0.1.1', '127.127.127.127', '127.255.255.255', '::1'],
  'link-local, metadata':  ['169.254.0.0', '169.254.0.1', '169.254.169.254', '169.254.170.2', '169.254.255.255', 'fe80::1', 'fe80::a9fe:a9fe', 'febf:ffff::1'],
  'IETF protocols':        ['192.0.0.0', '192.0.0.1', '192.0.0.8', '192.0.0.170', '192.0.0.192', '192.0.0.255'],
  'documentation':         ['192.0.2.0', '192.0.2.1', '192.0.2.255', '198.51.100.1', '198.51.100.255', '203.0.113.1', '203.0.113.255', '2001:db8::', '2001:db8::1', '2001:db8:ffff::1', '3fff::1', '3fff:fff::1'],
  '6to4 relay':            ['192.88.99.1', '192.88.99.255'],
  'AS112, AMT':            ['192.31.196.1', '192.175.48.1', '192.52.193.1', '2620:4f:8000::1', '2001:4:112::1', '2001:3::1'],
  'benchmarking':          ['198.18.0.1', '198.19.255.255', '2001:2::1', '2001:2:0:ffff::1'],
  'multicast':             ['224.0.0.1', '224.0.0.251', '232.1.2.3', '239.255.255.250', '239.255.255.255', 'ff00::1', 'ff02::1', 'ff05::2', 'ff0e::1'],
  'reserved':              ['240.0.0.0', '240.0.0.1', '250.1.2.3', '255.255.255.254', '255.255.255.255'],
  'unspecified':           ['::', '::0.0.0.2', '::7f00:1', '::a00:1'],
  'IPv4-mapped':           ['::ffff:0.0.0.0', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '::ffff:169.254.169.254', '::ffff:192.168.1.1', '::ffff:8.8.8.8', '::ffff:a9fe:a9fe'],
  'IPv4-translated':       ['::ffff:0:127.0.0.1', '::ffff:0:10.0.0.1'],
  'NAT64':                 ['64:ff9b::10.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b::8.8.8.8', '64:ff9b:1::1', '64:ff9b:1:ffff::a00:1'],
  '6to4':                  ['2002::1', '2002:a00:1::1', '2002:7f00:1::1', '2002:a9fe:a9fe::1', '2002:808:808::1'],
  'Teredo':                ['2001::1', '2001:0:a00:1::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'ORCHID':                ['2001:10::1', '2001:1f::1', '2001:20::1', '2001:2f:ffff::1'],
  'unique local':          ['fc00::1', 'fc00:ec2::254', 'fd00::1', 'fd12:3456:789a::1', 'fdff:ffff::1'],
  'site-local':            ['fec0::1', 'feff::1'],
  'discard only':          ['100::1', '100::ffff'],
  'not allocated':         ['4000::1', '5f00::1', '8000::1', 'c000::1', 'e000::1', 'f000::1', '1::1', '200::1', '400::1'],
  'with a zone':           ['fe80::1%eth0', '2606:4700::1111%lo'],
};

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.32.0.1',
  '192.167.1.1',
  '2606:4700::1111',
  '2a00:1450::1',
];

// What an address may be dressed up as in a URL, besides those above.
// biome-ignore format: a table
const URLS: readonly (readonly [string, string])[] = [
  ['http://shop.example/',                         'url_not_https'],
  ['HTTP://shop.example/',                         'url_not_https'],
  ['ftp://shop.example/',                          'url_malformed'],
  ['file:///etc/passwd',                           'url_malformed'],
  ['gopher://shop.example/',                       'url_malformed'],
  ['javascript:alert(1)',                          'url_malformed'],
  ['//shop.example/',                              'url_malformed'],
  ['shop.example/hooks',                           'url_malformed'],
  ['',                                             'url_malformed'],
  ['https://',                                     'url_malformed'],
  ['https://shop.example/a b',                     'url_malformed'],
  ['https://shop.exa\tmple/',                      'url_malformed'],
  ['https://shop.example\r\nhost: internal/',      'url_malformed'],
  ['https://shop.example\\@10.0.0.1/',             'url_malformed'],
  ['https:\\\\10.0.0.1/',                          'url_malformed'],
  ['https://user@shop.example/',                   'url_has_user'],
  ['https://user:secret@shop.example/',            'url_has_user'],
  ['https://shop.example@10.0.0.1/',               'url_has_user'],
  ['https://shop.example:8443/',                   'url_port_not_allowed'],
  ['https://shop.example:22/',                     'url_port_not_allowed'],
  ['https://shop.example:80/',                     'url_port_not_allowed'],
  ['https://shop.example:0/',                      'url_port_not_allowed'],
  ['https://2130706433/',                          'url_host_is_address'],
  ['https://0x7f000001/',                          'url_host_is_address'],
  ['https://0x7f.1/',                              'url_host_is_address'],
  ['https://0177.0.0.1/',                          'url_host_is_address'],
  ['https://127.1/',                               'url_host_is_address'],
  ['https://0/',                                   'url_host_is_address'],
  ['https://①②⑦.⓪.⓪.①/',                          'url_host_is_address'],
  ['https://127。0。0。1/',                         'url_host_is_address'],
  ['https://127.0.0.1./',                          'url_host_is_address'],
  ['https://%31%32%37.0.0.1/',                     'url_host_is_address'],
  ['https://8.8.8.8/',                             'url_host_is_address'],
  ['https://[2606:4700::1111]/',                   'url_host_is_address'],
  ['https://[::ffff:7f00:1]/',                     'url_host_is_address'],
  ['https://localhost/',                           'url_host_not_public'],
  ['https://LOCALHOST./',                          'url_host_not_public'],
  ['https://api.localhost/',                       'url_host_not_public'],
  ['https://ｌｏｃａｌｈｏｓｔ/',                      'url_host_not_public'],
  ['https://vault/',                               'url_host_not_public'],
  ['https://printer.local/',                       'url_host_not_public'],
  ['https://metadata.google.internal/',            'url_host_not_public'],
  ['https://db.corp/',                             'url_host_not_public'],
  ['https://router.home.arpa/',                    'url_host_not_public'],
  [`https://${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.example/`, 'url_host_too_long'],
  [`https://shop.example/${'a'.repeat(2_048)}`,    'url_too_long'],
];

/** Sees every address that a connection is asked for, and lets none through. */
function watchedNetwork(addresses: readonly string[]) {
  const connected: string[] = [];
  let lookUps = 0;
  const network: Network = {
    resolver: {
      resolve4: (async () => {
        lookUps += 1;
        return addresses.filter((address) => !address.includes(':'));
      }) as unknown as Network['resolver']['resolve4'],
      resolve6: (async () =>
        addresses.filter((address) => address.includes(':'))) as unknown as Network['resolver']['resolve6'],
    },
    connect(options) {
      connected.push(options.host ?? '');
      const socket = new Socket();
      queueMicrotask(() => socket.destroy(new Error('the test lets nothing through')));
      return socket;
    },
  };
  return { network, connected, lookUps: () => lookUps };
}

function send(network: Network, url: string, mode: Mode = 'live') {
  return createWebhookSender({ userAgent: 'test', network }).send({
    mode,
    url,
    id: 'evnt_1',
    sentAt: 0,
    body: '{}',
    headers: {},
    secrets: [],
  });
}

const addresses = Object.entries(NOT_PUBLIC).flatMap(([kind, list]) => list.map((address) => ({ kind, address })));

describe('in live mode no connection is made', () => {
  for (const { kind, address } of addresses) {
    test(`to ${address} (${kind}), as a name’s only address or among public ones`, async () => {
      for (const resolved of [[address], ['1.1.1.1', address], [address, '2606:4700::1111']]) {
        const { network, connected } = watchedNetwork(resolved);
        expect(await send(network, 'https://shop.example/hooks')).toMatchObject({ fault: 'address_not_allowed' });
        expect(connected).toEqual([]);
      }
    });
  }

  for (const { address } of addresses.filter(({ address }) => !address.includes('%'))) {
    const host = address.includes(':') ? `[${address}]` : address;
    test(`to https://${host}/, which is refused at creation`, async () => {
      const url = `https://${host}/`;
      expect(checkUrl(url, 'live')).toEqual({ fault: 'url_host_is_address' });
      const { network, connected, lookUps } = watchedNetwork(['1.1.1.1']);
      expect(await send(network, url)).toMatchObject({ fault: 'address_not_allowed' });
      expect([...connected, lookUps()]).toEqual([0]);
    });
  }

  for (const [url, fault] of URLS) {
    test(`to ${JSON.stringify(url.slice(0, 60))}: ${fault}`, async () => {
      expect(checkUrl(url, 'live')).toEqual({ fault });
      const { network, connected, lookUps } = watchedNetwork(['1.1.1.1']);
      expect(await send(network, url)).toMatchObject({ kind: 'failed', fault: 'address_not_allowed' });
      expect([...connected, lookUps()]).toEqual([0]);
    });
  }

  test('and the tables hold two hundred targets at least', () => {
    expect(addresses.length * 2 + URLS.length).toBeGreaterThanOrEqual(200);
  });
});

describe('in live mode', () => {
  for (const address of PUBLIC) {
    test(`a connection to ${address} is made, to that address and not to the name`, async () => {
      const { network, connected, lookUps } = watchedNetwork([address]);
      expect(await send(network, 'https://shop.example/hooks')).toMatchObject({ fault: 'connection_failed' });
      expect(connected).toEqual([address]);
      expect(lookUps()).toBe(1);
    });
  }

  test('a connection that ends up at another address than it was made to gets no byte', async () => {
    const received: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (bytes) => received.push(bytes)).on('error', () => {}));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const gone = once(server, 'connection').then(([socket]) => once(socket, 'close'));
    const { network } = watchedNetwork(['1.1.1.1']);
    const diverted = { ...network, connect: () => realConnect({ host: '127.0.0.1', port }) };
    expect(await send(diverted, 'https://shop.example/')).toMatchObject({ fault: 'address_not_allowed' });
    await gone;
    expect(received).toEqual([]);
    server.close();
  });

  test('a name without addresses is not found', async () => {
    const { network } = watchedNetwork([]);
    expect(await send(network, 'https://shop.example/')).toMatchObject({ fault: 'name_not_found' });
  });
});

describe('in test mode', () => {
  // biome-ignore format: a table
  const CASES = [
    ['http://127.0.0.1:4000/hooks',       null],
    ['http://localhost:4000/hooks',       null],
    ['http://shop.localhost/hooks',       null],
    ['http://[::1]:4000/hooks',           null],
    ['https://shop.example:8443/hooks',   null],
    ['http://shop.example/hooks',         'url_not_https'],
    ['http://10.0.0.1/hooks',             'url_not_https'],
    ['https://10.0.0.1/hooks',            'url_host_is_address'],
    ['https://[::ffff:127.0.0.1]/hooks',  'url_host_is_address'],
    ['https://shop.internal/hooks',       'url_host_not_public'],
    ['http://user@localhost/hooks',       'url_has_user'],
  ] as const;
  for (const [url, fault] of CASES) {
    test(`${url} is ${fault ?? 'taken'}`, () => {
      expect(createWebhookSender({ userAgent: 'test' }).checkUrl(url, 'test')).toBe(fault);
    });
  }

  test('a public name that leads into a private network is refused as in live mode', async () => {
    for (const address of ['10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', 'fd00::1']) {
      const { network, connected } = watchedNetwork([address]);
      expect(await send(network, 'https://shop.example/', 'test')).toMatchObject({ fault: 'address_not_allowed' });
      expect(connected).toEqual([]);
    }
  });
});
