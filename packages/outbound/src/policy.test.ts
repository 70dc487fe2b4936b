import { describe, expect, it } from '@jest/globals';
import { parseCidr } from './cidr.ts';
import { parseAddress } from './ip-address.ts';
import { addressCheck } from './policy.ts';

describe('an address', () => {
  it('is read in its standard forms only', () => {
    expect(parseAddress('127.0.0.1')).toEqual(parseAddress('::ffff:127.0.0.1'));
    expect(parseAddress('::ffff:7f00:1')).toEqual(parseAddress('127.0.0.1'));
    expect(parseAddress('1::8')).toEqual(parseAddress('1:0:0:0:0:0:0:8'));
    expect(parseAddress('fe80::1%eth0')).toEqual(parseAddress('fe80::1'));
    for (const text of ['', '0177.0.0.1', '127.1', '0x7f.0.0.1', '2130706433', '1.2.3.4.5', 'localhost', '1:::2']) {
      expect(parseAddress(text)).toBeUndefined();
    }
  });
});

describe('a block', () => {
  it('has an address and a length that fit', () => {
    expect(parseCidr(' 10.0.0.0/8 ').length).toBe(104);
    expect(parseCidr('::1').length).toBe(128);
    expect(parseCidr('0.0.0.0/0').length).toBe(96);
    for (const text of [
      '',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/x',
      '10.0.0.0/8/8',
      'example.com/8',
      'fe80::1%a/8',
      '10.0.0.0/',
    ]) {
      expect(() => parseCidr(text)).toThrow(TypeError);
    }
  });
});

describe('without any wish a policy', () => {
  const may = addressCheck();
  it.each(['127.0.0.1', '::1', '10.1.2.3', '192.168.0.1', 'fd00::1', '8.8.8.8', '2001:db8::1', '172.16.0.1'])(
    'lets to %s',
    (address) => {
      expect(may(address)).toBe(true);
    },
  );
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '2002:a9fe:a9fe::1',
    '::169.254.169.254',
    'fd00:ec2::254',
    'fd20:ce::254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '0.1.2.3',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '224.0.0.1',
    '255.255.255.255',
    'no address',
  ])('keeps from %s', (address) => {
    expect(may(address)).toBe(false);
  });
});

describe('a policy', () => {
  it('keeps from private networks where it is told to', () => {
    const may = addressCheck({ denyPrivate: true, allow: ['10.7.0.0/16'] });
    for (const address of ['127.0.0.1', '::1', '10.1.2.3', '192.168.0.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1'])
      expect(may(address)).toBe(false);
    for (const address of ['10.7.3.4', '8.8.8.8', '172.32.0.1', '11.0.0.1']) expect(may(address)).toBe(true);
  });
  it('follows the longest block, then denies rather than allows', () => {
    const may = addressCheck({ deny: ['0.0.0.0/0', '::/0', '10.1.1.0/24'], allow: ['10.1.0.0/16', '10.1.1.0/24'] });
    expect(may('10.1.2.3')).toBe(true);
    expect(may('10.1.1.1')).toBe(false);
    expect(may('8.8.8.8')).toBe(false);
    expect(may('2001:db8::1')).toBe(false);
  });
  it('opens what is closed by default only by name', () => {
    expect(addressCheck({ allow: ['0.0.0.0/0'] })('169.254.169.254')).toBe(false);
    expect(addressCheck({ allow: ['169.254.169.254'] })('169.254.169.254')).toBe(true);
    expect(addressCheck({ allow: ['169.254.169.254'] })('169.254.169.253')).toBe(false);
  });
});
