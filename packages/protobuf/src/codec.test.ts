import type { JsonObject } from '@kcp/api-machinery';
import { stringifyJson } from '@kcp/api-machinery';
import { describe, expect, it } from '@jest/globals';
import { decodeMessage, messageCodec } from './codec.ts';
import { encodeMessage } from './encode.ts';
import { bytes, nothing, Thing } from './testing/thing.ts';

const roundTrip = (object: JsonObject): JsonObject => decodeMessage(Thing, encodeMessage(Thing, object));

describe('encoding', () => {
  it('always writes what is no pointer, in the order of the numbers', () => {
    expect(encodeMessage(Thing, {}).toString('hex')).toBe('0a00100018009a0100');
    expect(encodeMessage(Thing, { small: 1, on: true, name: 'a' }).toString('hex')).toBe('0a0161100118019a0100');
  });

  it('writes a pointer where it is set, zero included', () => {
    expect(roundTrip({ large: 0, ratio: 0, inner: {} })).toEqual({ ...nothing, large: 0, ratio: 0, inner: nothing });
    expect(roundTrip({ large: null, inner: null })).toEqual(nothing);
  });

  it('writes nothing for empty lists and maps, and for bytes that are not there', () => {
    expect(encodeMessage(Thing, { texts: [], labels: {}, bytes: null })).toEqual(encodeMessage(Thing, {}));
    expect(roundTrip({ bytes: '' })).toEqual({ ...nothing, bytes: '' });
  });

  it('writes map entries in the order of the bytes of their keys', () => {
    const labels = { b: '1', '\u{1f600}': '2', '\uffee': '3', a: '4', '': '5' };
    expect(Object.keys(roundTrip({ labels })['labels'] as object)).toEqual(['', 'a', 'b', '\uffee', '\u{1f600}']);
  });

  it('leaves out what the message does not name', () => {
    expect(encodeMessage(Thing, { other: 1 })).toEqual(encodeMessage(Thing, {}));
  });

  it('writes zeros for values of another type', () => {
    expect(roundTrip({ name: 1, on: 'x', small: 'x', texts: {}, labels: [], inners: [1] })).toEqual({
      ...nothing,
      inners: [nothing],
    });
  });
});

describe('what is written and read', () => {
  it.each<[string, JsonObject]>([
    ['texts', { name: 'vü漢\u{1f600}', texts: ['', 'x'.repeat(100_000)], labels: { a: '' } }],
    ['integers', { small: -2_147_483_648, large: 9_223_372_036_854_775_807n }],
    ['negative integers', { small: -1, large: -9_007_199_254_740_991 }],
    ['integers that a double holds', { large: 9_007_199_254_740_991, ratio: -2.5 }],
    ['bytes', { bytes: 'AP+A', blobs: { a: '', b: 'aGk=' } }],
    ['messages', { inner: { ...nothing, inners: [nothing, { ...nothing, name: 'x' }] }, byName: { a: nothing } }],
    ['times', { at: '2024-01-02T03:04:05Z', exact: '1969-12-31T23:59:59.000001Z' }],
    ['quantities', { amounts: { cpu: '1500m' } }],
    ['numbers or texts', { inner: { ...nothing, port: 80 }, port: 'http' }],
    ['JSON', { any: { b: [1, null, 9_223_372_036_854_775_807n], a: 'x' } }],
    ['lists in maps', { extra: { a: ['1', '2'], b: [] } }],
    ['embedded messages', { left: '', right: ['a', 'b'] }],
    [
      'keys that objects have',
      JSON.parse('{"labels": {"__proto__": "x", "constructor": "y", "10": "z"}}') as JsonObject,
    ],
  ])('is the same: %s', (_what, object) => {
    expect(stringifyJson(roundTrip(object))).toBe(stringifyJson({ ...nothing, ...object }));
  });
});

describe('decoding', () => {
  it('passes over unknown fields, groups with all that is inside', () => {
    const unknown = bytes(0xf8, 6, 5, 0xf9, 6, '12345678', 0xfa, 6, 2, 'ab', 0xfd, 6, '1234');
    const group = bytes(0xfb, 6, 0x0b, 0x0a, 1, 'x', 0x0c, 0xfc, 6);
    expect(decodeMessage(Thing, Buffer.concat([unknown, group, bytes(0x0a, 1, 'a')]))).toEqual({ name: 'a' });
  });

  it('takes the last of a scalar, joins lists and maps, merges messages', () => {
    const parts: JsonObject[] = [
      { name: 'a', texts: ['1'], labels: { a: '1', b: '1' }, inner: { large: 1, texts: ['x'] } },
      { name: 'b', texts: ['2'], labels: { b: '2' }, inner: { texts: ['y'] } },
    ];
    expect(decodeMessage(Thing, Buffer.concat(parts.map((part) => encodeMessage(Thing, part))))).toEqual({
      ...nothing,
      name: 'b',
      texts: ['1', '2'],
      labels: { a: '1', b: '2' },
      inner: { ...nothing, large: 1, texts: ['x', 'y'] },
    });
  });

  it('takes zero for what an entry does not say', () => {
    expect(decodeMessage(Thing, bytes(0x42, 0, 0x4a, 2, 0x0a, 0, 0x62, 0, 0x7a, 0))).toEqual({
      labels: { '': '' },
      blobs: { '': '' },
      byName: { '': {} },
      amounts: { '': '0' },
    });
  });

  it('cuts an int32 off, as Go does', () => {
    expect(decodeMessage(Thing, bytes(0x18, 0xff, 0xff, 0xff, 0xff, 0x1f))).toEqual({ small: -1 });
  });

  it.each([
    ['a number where a text should be', bytes(0x08, 1), 'proto: wrong wireType = 0 for field Name'],
    ['a text where a number should be', bytes(0x12, 1, 'a'), 'proto: wrong wireType = 2 for field On'],
    ['a number in an entry', bytes(0x42, 2, 0x08, 1), 'proto: wrong wireType = 0 for field Entry'],
    ['a group where a text should be', bytes(0x0b, 0x0c), 'proto: wrong wireType = 3 for field Name'],
    ['a text that ends early', bytes(0x0a, 2, 'a'), 'unexpected EOF'],
    ['a length beyond everything', bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), 'unexpected EOF'],
    ['a length of four gigabytes', bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 'a'), 'unexpected EOF'],
    ['a negative length', bytes(0x0a, ...Array<number>(9).fill(0xff), 1), 'negative length'],
    ['a message that is longer than its owner', bytes(0x52, 2, 0x0a, 1), 'unexpected EOF'],
    ['a varint without end', bytes(0x10, ...Array<number>(11).fill(0x80)), 'integer overflow'],
    ['a varint that breaks off', bytes(0x10, 0x80), 'unexpected EOF'],
    ['field zero', bytes(0x02, 0), 'illegal tag 0'],
    ['a field number beyond 32 bits', bytes(0x80, 0x80, 0x80, 0x80, 0x80, 1, 0), 'illegal tag'],
    ['the end of no group', bytes(0x0c), 'wiretype end group for non-group'],
    ['a group without end', bytes(0xfb, 6, 0xfb, 6), 'unexpected EOF'],
    ['a wire type that there is not', bytes(0xfe, 6), 'illegal wireType 6'],
    ['bytes that are no JSON', bytes(0x8a, 1, 3, 0x0a, 1, '{'), ''],
  ])('refuses %s', (_what, message, why) => {
    expect(() => decodeMessage(Thing, message)).toThrow(expect.objectContaining({ name: 'WireError' }));
    expect(() => decodeMessage(Thing, message)).toThrow(why);
  });

  it('refuses what is too deep, and what holds too many values', () => {
    let deep: Buffer = Buffer.alloc(0);
    for (let at = 0; at < 600; at += 1) deep = encodeMessageOf(deep);
    expect(() => decodeMessage(Thing, deep)).toThrow('exceeded max depth');
    const many = Buffer.alloc(500_000, bytes(0x3a, 0));
    expect(() => decodeMessage(Thing, many)).toThrow('Request entity too large: limit is 200000 keys and items');
    const numbers = `[${'1,'.repeat(200_001)}1]`;
    expect(() => decodeMessage(Thing, encodeMessage(Thing, { any: JSON.parse(numbers) as number[] }))).toThrow(
      'Request entity too large',
    );
  });

  it('goes through deep groups without going deep itself', () => {
    const deep = Buffer.concat([Buffer.alloc(1_000_000, bytes(0xfb, 6)), Buffer.alloc(1_000_000, bytes(0xfc, 6))]);
    expect(decodeMessage(Thing, deep)).toEqual({});
  });

  it('leaves the bytes as they are and takes any view of them', () => {
    const whole = new Uint8Array([9, 0x0a, 1, 0x61, 9]);
    expect(messageCodec(Thing).decode(whole.subarray(1, 4))).toEqual({ name: 'a' });
  });
});

/** A Thing whose `inner` is given as bytes. */
function encodeMessageOf(inner: Buffer): Buffer {
  const size: number[] = [];
  let rest = inner.length;
  for (; rest >= 128; rest >>= 7) size.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([0x52, ...size, rest]), inner]);
}
