import { describe, expect, it } from '@jest/globals';
import { decodeMessage } from './codec.ts';
import { encodeMessage } from './encode.ts';
import { message, type Wrapped } from './message.ts';
import { bytes } from './testing/thing.ts';
import { intOrString, jsonType, microTime, quantity, time } from './wrapped-types.ts';

const of = (type: Wrapped) => message('Holder', () => ({ value: [1, type] }));
const write = (type: Wrapped, value: Parameters<Wrapped['toMessage']>[0]): string =>
  encodeMessage(of(type), { value }).toString('hex');
const read = (type: Wrapped, ...content: number[]): unknown =>
  decodeMessage(of(type), bytes(0x0a, content.length, ...content))['value'];

describe('times', () => {
  it('have both fields, the zero time none', () => {
    expect(write(time, '1970-01-01T00:00:05Z')).toBe('0a0408051000');
    expect(write(time, null)).toBe('0a00');
    expect(read(time)).toBeNull();
    expect(read(microTime)).toBeNull();
  });

  it('of seconds lose fractions, of microseconds what is smaller', () => {
    expect(write(time, '1970-01-01T00:00:05.5Z')).toBe('0a0408051000');
    expect(read(time, 0x08, 5, 0x10, 0xff, 1)).toBe('1970-01-01T00:00:05Z');
    expect(read(microTime, 0x08, 5, 0x10, 0xcf, 0x0f)).toBe('1970-01-01T00:00:05.000001Z');
  });

  it('carry nanoseconds over', () => {
    expect(read(microTime, 0x10, 0x80, 0x94, 0xeb, 0xdc, 3)).toBe('1970-01-01T00:00:01.000000Z');
    expect(read(microTime, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)).toMatch(/^1969.*\.999999Z$/);
  });

  it('outside the years 1 to 9999 are none', () => {
    expect(() => read(time, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)).toThrow('out of range');
    expect(() => read(time, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)).toThrow('out of range');
  });
});

describe('quantities', () => {
  it('are texts, zero where there is none', () => {
    expect(write(quantity, '1Gi')).toBe('0a050a03314769');
    expect(write(quantity, null)).toBe('0a030a0130');
    expect(read(quantity)).toBe('0');
    expect(read(quantity, 0x0a, 0)).toBe('0');
  });
});

describe('numbers or texts', () => {
  it('say which they are', () => {
    expect(write(intOrString, 80)).toBe('0a06080010501a00');
    expect(write(intOrString, 'a')).toBe('0a07080110001a0161');
    expect(read(intOrString)).toBe(0);
    expect(() => read(intOrString, 0x08, 2)).toThrow('impossible IntOrString.Type');
  });
});

describe('JSON', () => {
  it('is its text, null no bytes', () => {
    expect(write(jsonType('JSON'), { a: 1 })).toBe(`0a090a07${Buffer.from('{"a":1}').toString('hex')}`);
    expect(write(jsonType('JSON'), null)).toBe('0a00');
    expect(read(jsonType('JSON'))).toBeNull();
    expect(read(jsonType('JSON'), 0x0a, 0)).toBeNull();
  });
});
