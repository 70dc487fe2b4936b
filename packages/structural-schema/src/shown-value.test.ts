import { describe, expect, it } from '@jest/globals';
import { parseJson } from '@kcp/api-machinery';
import { canonicalJson, invalidValue, overlongText, showFloat, tooManyItems } from './shown-value.ts';

describe('refused values', () => {
  it.each([
    ['1234567.5', '1.2345675e+06'],
    ['0.00001234', '1.234e-05'],
    ['0.0001', '0.0001'],
    ['1e21', '1e+21'],
    ['12345.678', '12345.678'],
    ['1000000', '1000000'],
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', '9.223372036854776e+18'],
    ['{"b":1,"a":"<"}', '{"a":"\\u003c","b":1}'],
    ['{"10":1,"9":2}', '{"10":1,"9":2}'],
    ['"a\\u00a0\\u0001"', '"a\\u00a0\\x01"'],
  ])('%s are shown as %s', (json, shown) =>
    expect(invalidValue('f', parseJson(json), 'd').message).toBe(`Invalid value: ${shown}: d`),
  );
  it('of one unit are shown in the singular, negative limits not at all', () => {
    expect([overlongText('f', 1).message, overlongText('f', -1).message]).toEqual([
      'Too long: may not be more than 1 byte',
      'Too long: value is too long',
    ]);
    expect([tooManyItems('f', 2, 1).message, tooManyItems('f', 2, -1).message]).toEqual([
      'Too many: 2: must have at most 1 item',
      'Too many: 2: has too many items',
    ]);
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
