import { describe, expect, it } from '@jest/globals';
import { resolvePlain } from './yaml-scalar.ts';

describe('resolvePlain', () => {
  it.each([
    ['', null],
    ['~', null],
    ['yes', true],
    ['OFF', false],
    ['y', 'y'],
    ['12', 12],
    ['+12', 12],
    ['-12', -12],
    ['1_000', 1000],
    ['0_', 0],
    ['0x1F', 31],
    ['-0x1f', -31],
    ['017', 15],
    ['0o17', 15],
    ['0b11', 3],
    ['08', 8],
    ['0x', '0x'],
    ['0x_', '0x_'],
    ['_1', '_1'],
    ['-_', '-_'],
    ['-', '-'],
    ['.', '.'],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.5e', '1.5e'],
    ['12:30', '12:30'],
    ['2020-01-01', '2020-01-01'],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['0x7fffffffffffffff', 9_223_372_036_854_775_807n],
    ['18446744073709551615', 18_446_744_073_709_552_000],
    ['99999999999999999999', 1e20],
    ['0xffffffffffffffffff', '0xffffffffffffffffff'],
    ['1e400', '1e400'],
    ['infinity', 'infinity'],
  ])('reads %s', (text, value) => {
    expect(resolvePlain(text)).toBe(value);
  });

  it.each(['.inf', '-.Inf', '+.INF', '.nan', '.NaN'])('refuses %s', (text) => {
    expect(() => resolvePlain(text)).toThrow(new SyntaxError(`yaml: unsupported value: ${text}`));
  });

  it.each(['9', '0x', '07', '0b1', '1.', '1_', '-', '1e'])(
    'leaves a scalar that repeats %s millions of times a text',
    (piece) => {
      const text = piece.repeat(1_500_000);
      expect(resolvePlain(text)).toBe(text);
    },
  );
});
