import { describe, expect, it } from '@jest/globals';
import { canonicalJson, goJson, goStringList, quote, showFloat, showValue, untyped, utf8Length } from './go-format.ts';

describe('texts quoted as Go does', () => {
  it.each([
    ['plain text', '"plain text"'],
    ['say "hi" \\ there', '"say \\"hi\\" \\\\ there"'],
    ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\0\u001b\u007f', '"\\x00\\x1b\\x7f"'],
    ['äöü 漢字 🎉', '"äöü 漢字 🎉"'],
    ['\u00a0\u200b\u2028\ufeff', '"\\u00a0\\u200b\\u2028\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['<&>', '"<&>"'],
    ['\ud800x', '"\ufffdx"'],
  ])('%j', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });

  it('as a list', () => {
    expect(goStringList(['a', 'b"'])).toBe('[]string{"a", "b\\""}');
    expect(goStringList([])).toBe('[]string{}');
  });
});

describe('a refused value', () => {
  it.each([
    [undefined, 'null'],
    [null, 'null'],
    ['a\nb', '"a\\nb"'],
    [true, 'true'],
    [-1, '-1'],
    [1_000_000, '1000000'],
    [9_223_372_036_854_775_807n, '9223372036854775807'],
    [1.5, '1.5'],
    [0.00001, '1e-05'],
    [0.0001, '0.0001'],
    [1e21, '1e+21'],
    [123456.75, '123456.75'],
    [1234567.5, '1.2345675e+06'],
    [1.25e-7, '1.25e-07'],
    [['a', 1], '["a",1]'],
    [9_223_372_036_854_775_808n, '9.223372036854776e+18'],
    [{ b: '<x>', a: [9_223_372_036_854_775_807n] }, '{"b":"\\u003cx\\u003e","a":[9223372036854775807]}'],
    [untyped({ b: '<x>', a: [9_223_372_036_854_775_807n] }), '{"a":[9223372036854775807],"b":"\\u003cx\\u003e"}'],
    [untyped({ 10: 1, 9: 2, a: undefined }), '{"10":1,"9":2}'],
    [untyped('a\u00a0\u0001'), '"a\\u00a0\\x01"'],
  ])('%p is shown as %s', (value, shown) => {
    expect(showValue(value)).toBe(shown);
  });

  it('is JSON with what HTML reads escaped', () => {
    expect(goJson({ 'a&b': '\u2028', n: null, u: undefined })).toBe('{"a\\u0026b":"\\u2028","n":null}');
  });
});

it('doubles that are whole go over to exponents at a million', () => {
  expect([showFloat(5), showFloat(100_000), showFloat(1_000_000)]).toEqual(['5', '100000', '1e+06']);
});

it('canonical JSON is equal for equal values', () => {
  expect(canonicalJson({ b: [1, { d: null, c: true }], a: 'x' })).toBe(
    canonicalJson({ a: 'x', b: [1, { c: true, d: null }] }),
  );
});

describe('length in UTF-8', () => {
  it.each(['', 'abc', 'é', '漢', '🎉', 'a🎉é漢', '\ud800', 'x\udc00y'])('%j', (text) => {
    expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
  });
});
