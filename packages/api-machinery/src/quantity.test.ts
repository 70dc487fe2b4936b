import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.ts';
import { asInteger, canonicalQuantity, formatQuantity, parseQuantity, zeroQuantity } from './quantity.ts';
import { addQuantities, compareQuantities, quantityOf, subtractQuantities } from './quantity-arithmetic.ts';

describe('the canonical form of a quantity', () => {
  it.each([
    ['0', '0'],
    ['00', '0'],
    ['-0', '0'],
    ['0.0', '0'],
    ['0Ki', '0'],
    ['1', '1'],
    ['1000', '1k'],
    ['1000000', '1M'],
    ['0100', '0100'],
    ['+5', '+5'],
    ['-5', '-5'],
    ['.5', '500m'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1.50', '1500m'],
    ['0.001', '1m'],
    ['0.0001', '100u'],
    ['1.', '1.'],
    ['100m', '100m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1e3', '1e3'],
    ['1e4', '10e3'],
    ['1E3', '1E3'],
    ['1e1000', '10e999'],
    ['1e-3', '1e-3'],
    ['1e-1', '100e-3'],
    ['12.34e1', '123400e-3'],
    ['1Ki', '1Ki'],
    ['1024Ki', '1Mi'],
    ['1024', '1024'],
    ['1000Ki', '1000Ki'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['0.0001Ki', '102400u'],
    ['1Ei', '1Ei'],
    ['8Ei', '9223372036854775807'],
    ['100Ei', '9223372036854775807'],
    ['1E', '1E'],
    ['1000E', '1000E'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['1e-100', '1e-9'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['1234567890123456789000', '1234567890123456789k'],
  ])('of %j is %j', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
    expect(compareQuantities(parseQuantity(text), parseQuantity(canonical))).toBe(0);
  });

  it.each([
    ['', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['abc', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['1 Gi', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['1KI', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['1Mi5', "unable to parse quantity's suffix"],
    ['1K', "unable to parse quantity's suffix"],
    ['1e', "unable to parse quantity's suffix"],
    ['1mm', "unable to parse quantity's suffix"],
    ['1e100000', 'unable to parse numeric part of quantity'],
  ])('%j is no quantity', (text, message) => {
    expect(() => parseQuantity(text)).toThrow(new ApiError('BadRequest', message));
  });
});

describe('arithmetic on quantities', () => {
  it.each([
    ['1', '1000m', 0],
    ['1Ki', '1k', 1],
    ['1k', '1Ki', -1],
    ['-1', '1', -2],
    ['1e1000', '1e999', 1],
    ['-1e1000', '-1e999', -1],
    ['0', '0Ki', 0],
    ['1500m', '1.5', 0],
    ['9.99', '10', -1],
  ])('%s compared with %s', (a, b, expected) => {
    expect(Math.sign(compareQuantities(parseQuantity(a), parseQuantity(b)))).toBe(Math.sign(expected));
  });

  it.each([
    ['1', '500m', '1500m'],
    ['1Gi', '1Gi', '2Gi'],
    ['1Gi', '1', '1073741825'],
    ['0', '1Ki', '1Ki'],
    ['100m', '900m', '1'],
    ['0', '0', '0'],
    ['1', '-1', '0'],
  ])('%s + %s = %s', (a, b, sum) => {
    expect(formatQuantity(addQuantities(parseQuantity(a), parseQuantity(b)))).toBe(sum);
    expect(compareQuantities(subtractQuantities(parseQuantity(sum), parseQuantity(b)), parseQuantity(a))).toBe(0);
  });

  it('counts objects', () => {
    expect(formatQuantity(quantityOf(2500))).toBe('2500');
    expect(formatQuantity(quantityOf(2000n))).toBe('2k');
    expect(addQuantities(zeroQuantity, zeroQuantity)).toBe(zeroQuantity);
  });

  it('gives whole numbers only where there is no fraction', () => {
    expect(asInteger(parseQuantity('2Ki'))).toBe(2048n);
    expect(asInteger(parseQuantity('1e3'))).toBe(1000n);
    expect(asInteger(parseQuantity('1500m'))).toBeUndefined();
  });
});
