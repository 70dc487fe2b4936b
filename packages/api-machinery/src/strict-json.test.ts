import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.ts';
import { decodeStrict, MAX_JSON_DEPTH } from './strict-json.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('JSON of a client', () => {
  it('is read from bytes and from text alike', () => {
    const text = '{"a":[1,"ü",true,null,{"b":-1.5e3}]}\n';
    expect(decodeStrict(bytes(text))).toEqual(decodeStrict(text));
    expect(decodeStrict(text)).toEqual({ value: JSON.parse(text), duplicates: [] });
  });

  it('keeps keys that JavaScript reserves', () => {
    const { value } = decodeStrict('{"__proto__":{"a":1},"constructor":2,"10":3}');
    expect(JSON.stringify(value)).toBe('{"10":3,"__proto__":{"a":1},"constructor":2}');
  });

  it('keeps integers of 64 bits', () => {
    expect(decodeStrict('{"a":9223372036854775807}').value).toEqual({ a: 9_223_372_036_854_775_807n });
  });
});

describe('keys that come twice', () => {
  it.each([
    ['{"data":{"a":"1","a":"2"},"immutable":false,"immutable":true}', ['data.a', 'immutable']],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['[{"a":1,"a":2},{"b":[[{"c":0,"c":1}]]}]', ['[0].a', '[1].b[0][0].c']],
    ['{"spec":{"ports":[{"name":"x"},{"name":"y","name":"z"}]}}', ['spec.ports[1].name']],
    ['{"a\\u0062":1,"ab":2}', ['ab']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"a":"x\\":{\\"","b":":::","a":"\\\\"}', ['a']],
    ['{"say \\"hi\\"":1,"say \\"hi\\"":2}', ['say "hi"']],
    ['{"a":{"b":1},"a":{"b":2}}', ['a']],
    ['{"a":{"b":1},"b":{"a":{"b":2}}}', []],
  ])('%s', (text, paths) => {
    const { value, duplicates } = decodeStrict(text);
    expect(duplicates).toEqual(paths.map((path) => `duplicate field ${JSON.stringify(path)}`));
    expect(value).toEqual(JSON.parse(text));
  });

  it('are named at most a hundred times', () => {
    const members = Array.from({ length: 300 }, (_, at) => `"k${at}":1,"k${at}":2`).join(',');
    expect(decodeStrict(`{${members}}`).duplicates).toHaveLength(100);
  });
});

describe('what is no JSON', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['  ', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['{"a', 'unexpected end of JSON input'],
    ['"a\\', 'unexpected end of JSON input'],
    ['"\\u12', 'unexpected end of JSON input'],
    ['[1', 'unexpected end of JSON input'],
    ['tru', 'unexpected end of JSON input'],
    ['-', 'unexpected end of JSON input'],
    ['1.', 'unexpected end of JSON input'],
    ['1e', 'unexpected end of JSON input'],
    ['metadata:', "invalid character 'm' looking for beginning of value"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} trailing', "invalid character 't' after top-level value"],
    ['{}{}', "invalid character '{' after top-level value"],
    ['01', "invalid character '1' after top-level value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.e', "invalid character 'e' after decimal point in numeric literal"],
    ['1e+x', "invalid character 'x' in exponent of numeric literal"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['nil', "invalid character 'i' in literal null (expecting 'u')"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
  ])('%j is refused in the words of Go', (text, message) => {
    expect(() => decodeStrict(text)).toThrow(new ApiError('BadRequest', message));
    expect(() => decodeStrict(bytes(text))).toThrow(new ApiError('BadRequest', message));
  });

  it('a number beyond a double is refused', () => {
    for (const text of ['1e400', '{"a":[-1e999]}', '9'.repeat(400)]) {
      expect(() => decodeStrict(text)).toThrow('json: cannot unmarshal number into Go value of type float64');
    }
  });
});

describe('nesting', () => {
  it('ends at a limit, whatever follows', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(decodeStrict(nested(MAX_JSON_DEPTH)).duplicates).toEqual([]);
    expect(() => decodeStrict(nested(MAX_JSON_DEPTH + 1))).toThrow("invalid character '[' exceeded max depth");
    expect(() => decodeStrict('{"a":'.repeat(100_000))).toThrow("invalid character '{' exceeded max depth");
    expect(() => decodeStrict(nested(3), 2)).toThrow('exceeded max depth');
  });

  it('brackets in texts do not count', () => {
    expect(decodeStrict(JSON.stringify('[{'.repeat(5000))).duplicates).toEqual([]);
  });
});

describe('what is no UTF-8', () => {
  it('becomes U+FFFD', () => {
    expect(decodeStrict(Uint8Array.of(0x22, 0xff, 0x61, 0xc3, 0x22)).value).toBe('\ufffda\ufffd');
    expect(decodeStrict('{"\\ud800":"\\udc00x","p":["\\ud83c\\udf89"]}').value).toEqual({
      '\ufffd': '\ufffdx',
      p: ['🎉'],
    });
  });
});
