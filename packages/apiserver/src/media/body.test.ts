import { describe, expect, it } from '@jest/globals';
import { bodyFormat, decodeBody, decodeObjectBody } from './body.ts';

describe('bodyFormat', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['application/yaml', 'yaml'],
    ['application/vnd.kubernetes.protobuf', 'protobuf'],
  ])('of %s is %s', (contentType, format) => {
    expect(bodyFormat(contentType)).toBe(format);
  });

  it.each(['text/plain', 'application/cbor', '__proto__'])('refuses %s', (contentType) => {
    expect(() => bodyFormat(contentType)).toThrow('the body of the request was in an unknown format');
  });
});

describe('decodeBody', () => {
  it('refuses JSON of too many values, in whatever it is wrapped', () => {
    const body = Buffer.from(`{"a":[${'1,'.repeat(100_001)}1]}`);
    expect(() => decodeBody(body, 'json')).toThrow('Request entity too large: limit is 100000 keys and items');
    expect(() => decodeObjectBody(body, 'json', 'ConfigMap')).toThrow(/^Request entity too large/);
  });
});

describe('decodeObjectBody', () => {
  it('takes objects, and null for an empty one', () => {
    expect(decodeObjectBody(Buffer.from('{"a":1,"a":2}'), 'json', 'X')).toEqual({
      object: { a: 2 },
      duplicates: ['duplicate field "a"'],
    });
    expect(decodeObjectBody(Buffer.from('a: 1'), 'yaml', 'X')).toEqual({ object: { a: 1 }, duplicates: [] });
    expect(decodeObjectBody(Buffer.from('null'), 'json', 'X').object).toEqual({});
  });

  it.each(['', '[]', '1', '"x"', '{'])('refuses %j with the kind that was expected', (text) => {
    expect(() => decodeObjectBody(Buffer.from(text), 'json', 'ConfigMap')).toThrow(
      /^the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error: .* \([0-9a-f]*\)$/,
    );
  });
});
