import { describe, expect, it } from '@jest/globals';
import { clone, equal, isArray, isObject, own, parseJson, put, stringifyJson } from './json.ts';
import type { JsonObject, MutableJsonObject } from './json.ts';

const TRAPS = '{"10":"b","9":"a","__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":null,"":0}';

describe('keys that JavaScript reserves', () => {
  it('round-trip and touch no prototype', () => {
    const value = parseJson(TRAPS) as JsonObject;
    for (const copy of [value, clone(value)]) {
      expect(JSON.parse(stringifyJson(copy))).toEqual(JSON.parse(TRAPS));
      expect(Object.keys(copy)).toContain('__proto__');
      expect(own(copy, '__proto__')).toEqual({ polluted: true });
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    }
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });

  it('are absent where the data has none', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) expect(own({}, key)).toBeUndefined();
    expect(equal(parseJson('{"__proto__":{}}'), {})).toBe(false);
    expect(equal({ a: 1 }, parseJson('{"toString":1}'))).toBe(false);
  });

  it('are set as own properties', () => {
    const object: MutableJsonObject = {};
    put(object, '__proto__', { polluted: true });
    put(object, 'constructor', 1);
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  });
});

describe('integers', () => {
  it.each([
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9223372036854775808', 9_223_372_036_854_775_808],
    ['1234567890123456.5', 1_234_567_890_123_456.5],
    ['1e17', 1e17],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toBe(value);
    expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [value] });
  });

  it('of 64 bits survive being written', () => {
    const text = '{"a":9223372036854775807,"b":[-9223372036854775808,1]}';
    expect(stringifyJson(parseJson(text))).toBe(text);
    expect(stringifyJson(clone(parseJson(text)))).toBe(text);
  });
});

describe('deep equality', () => {
  it.each([
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['{"a":1}', '{"a":1,"b":null}', false],
    ['{"a":null}', '{"b":null}', false],
    ['[1,2]', '[2,1]', false],
    ['[]', '{}', false],
    ['{"0":1}', '[1]', false],
    ['null', '{}', false],
    ['9223372036854775807', '9223372036854775807', true],
    ['9223372036854775807', '9223372036854775806', false],
    ['0', '-0', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(equal(parseJson(a), parseJson(b))).toBe(expected);
  });
});

describe('kinds of values', () => {
  it('are told apart', () => {
    expect([isObject({}), isObject([]), isObject(null), isObject('a')]).toEqual([true, false, false, false]);
    expect([isArray([]), isArray({}), isArray('a')]).toEqual([true, false, false]);
  });

  it('what is no JSON is a SyntaxError', () => {
    expect(() => parseJson('{')).toThrow(SyntaxError);
  });
});
