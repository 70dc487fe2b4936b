import { describe, expect, it } from '@jest/globals';
import { bitString, elementsIn, NULL, octetString, oid, sequence, setOf, tagged, time, TRUE } from './der.ts';
import { unsigned, utf8String } from './der.ts';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

describe('an encoded value', () => {
  it.each<[string, Uint8Array, string]>([
    ['TRUE', TRUE, '0101ff'],
    ['NULL', NULL, '0500'],
    ['zero', unsigned(Uint8Array.of(0)), '020100'],
    ['a number with zeros before it', unsigned(Uint8Array.of(0, 0, 5)), '020105'],
    ['a number whose first bit would be a sign', unsigned(Uint8Array.of(0x80)), '02020080'],
    ['bits', bitString(Uint8Array.of(0x06), 1), '03020106'],
    ['octets', octetString(Uint8Array.of(1, 2)), '04020102'],
    ['a text', utf8String('ü'), '0c02c3bc'],
    ['a set', setOf(NULL), '31020500'],
    ['nothing in an order', sequence(), '3000'],
    // X.690, 8.19.5
    ['an object identifier', oid('2.999.3'), '0603883703'],
    ['an object identifier of RSA', oid('1.2.840.113549'), '06062a864886f70d'],
  ])('%s', (_name, octets, expected) => {
    expect(hex(octets)).toBe(expected);
  });

  it.each([
    [127, '7f'],
    [128, '8180'],
    [255, '81ff'],
    [256, '820100'],
    [70_000, '83011170'],
  ])('of %d octets has its length in as few octets as it takes', (length, expected) => {
    const value = octetString(new Uint8Array(length));
    expect(hex(value.subarray(1, value.length - length))).toBe(expected);
  });

  it.each([
    ['1950-01-01T00:00:00.000Z', '500101000000Z', 0x17],
    ['2049-12-31T23:59:59.999Z', '491231235959Z', 0x17],
    ['2050-01-01T00:00:00.000Z', '20500101000000Z', 0x18],
    ['1949-12-31T23:59:59.000Z', '19491231235959Z', 0x18],
  ])('of the moment %s is %s', (moment, digits, tag) => {
    expect(time(Date.parse(moment))).toEqual(tagged(tag, Buffer.from(digits)));
  });
});

describe('reading', () => {
  it('takes one value after the other', () => {
    const long = octetString(new Uint8Array(300));
    const found = elementsIn(Buffer.concat([TRUE, sequence(NULL), long]));
    expect(found.map(({ tag, contents }) => [tag, contents.length])).toEqual([
      [0x01, 1],
      [0x30, 2],
      [0x04, 300],
    ]);
    expect(found.map(({ whole }) => hex(whole))).toEqual([hex(TRUE), '30020500', hex(long)]);
    expect(elementsIn(new Uint8Array())).toEqual([]);
  });

  it.each(['04', '0402', '040201', '0482', '04820100'])('refuses %s, which ends too early', (text) => {
    expect(() => elementsIn(Buffer.from(text, 'hex'))).toThrow('asn1: syntax error: data truncated');
  });
});
