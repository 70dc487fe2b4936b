import { describe, expect, it } from '@jest/globals';
import { sourceIps } from './source-ips.ts';

const from = (address: string, forwardedFor?: string, realIp?: string): readonly string[] =>
  sourceIps({ address, forwardedFor, realIp });

describe('the addresses of a request', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['the connection alone', ['172.16.0.1'], ['172.16.0.1']],
    ['a proxy before it', ['172.16.0.1', '10.1.0.1, 10.2.0.1'], ['10.1.0.1', '10.2.0.1', '172.16.0.1']],
    ['no address twice at the end', ['10.2.0.1', '10.1.0.1,10.2.0.1'], ['10.1.0.1', '10.2.0.1']],
    ['what is no address is passed over', ['10.0.0.1', 'host, 1.2.3, 10.9.9.9:80'], ['10.0.0.1']],
    ['the real one where it is new', ['10.0.0.1', '10.1.0.1', '10.5.0.1'], ['10.1.0.1', '10.5.0.1', '10.0.0.1']],
    ['the real one where it is known', ['10.0.0.1', '10.1.0.1', '10.1.0.1'], ['10.1.0.1', '10.0.0.1']],
    ['long forms', ['2001:DB8:0:0:0:0:0:1'], ['2001:db8::1']],
    ['IPv4 within IPv6', ['::ffff:10.0.0.1'], ['10.0.0.1']],
    ['no network at all', ['in-process'], []],
  ])('%s', (_, [address = '', forwardedFor, realIp], expected) => {
    expect(from(address, forwardedFor, realIp)).toEqual(expected);
  });
});
