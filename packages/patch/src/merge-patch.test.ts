import { describe, expect, it } from '@jest/globals';
import { ApiError, parseJson, stringifyJson } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { applyMergePatch } from './merge-patch.ts';

describe('the examples of RFC 7396', () => {
  it.each<[string, string, string]>([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{"a":"foo"}', '{"a":{"b":{"c":null,"d":1}}}', '{"a":{"b":{"d":1}}}'],
  ])('%s with %s', (document, patch, result) => {
    expect(stringifyJson(applyMergePatch(parseJson(document) as JsonObject, parseJson(patch)))).toBe(result);
  });
});

describe('a merge patch', () => {
  it('drops nulls from objects in new lists and in lists for lists, keeps null items', () => {
    expect(applyMergePatch({ a: [] }, { a: [{ b: null, c: 1 }, null], d: [[{ e: null }]] })).toEqual({
      a: [{ c: 1 }, null],
      d: [[{}]],
    });
    expect(applyMergePatch({ a: {} }, { a: [{ b: null }] })).toEqual({ a: [{ b: null }] });
  });

  it.each<[Json, string]>([
    [null, 'Invalid JSON Patch'],
    [[], 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['x', 'error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}'],
    [1, 'error decoding patch: json: cannot unmarshal number into Go value of type map[string]interface {}'],
  ])('that is %p is refused', (patch, message) => {
    expect(() => applyMergePatch({}, patch)).toThrow(new ApiError('BadRequest', message));
  });

  it('changes neither object, and shares what it does not touch', () => {
    const document = Object.freeze({ a: Object.freeze({ b: 1 }), c: Object.freeze([1]) });
    const value = Object.freeze({ x: Object.freeze({ y: 1 }) });
    const result = applyMergePatch(document, Object.freeze({ a: Object.freeze({ d: value }) })) as typeof document;
    expect(result).toEqual({ a: { b: 1, d: { x: { y: 1 } } }, c: [1] });
    expect(result.c).toBe(document.c);
    expect((result.a as JsonObject)['d']).toBe(value);
  });

  it('keeps keys that JavaScript reserves, and integers of 64 bits', () => {
    const document = parseJson('{"data":{"__proto__":{"a":1},"max":9223372036854775807}}') as JsonObject;
    const patch = parseJson(
      '{"data":{"__proto__":{"b":-9223372036854775808},"constructor":{"prototype":null},"max":null}}',
    );
    expect(stringifyJson(applyMergePatch(document, patch))).toBe(
      '{"data":{"__proto__":{"a":1,"b":-9223372036854775808},"constructor":{}}}',
    );
    expect(applyMergePatch({}, parseJson('{"toString":null}'))).toEqual({});
  });
});
