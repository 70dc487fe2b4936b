import { zeroQuantity } from './quantity.ts';
import type { Quantity } from './quantity.ts';

/** Negative where `a` is less than `b`, positive where it is more, 0 where they are the same amount, however written. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const [x, y] = [sign(a), sign(b)];
  if (x !== y || x === 0) return x - y;
  const byMagnitude = magnitude(a) - magnitude(b);
  if (byMagnitude !== 0) return byMagnitude * x;
  const [left, right] = aligned(a, b);
  return left < right ? -1 : Number(left > right);
}

/** The sum, written as `a` is (as `b` where `a` is nothing). */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, 1n);
}

/** The difference, written as `a` is (as `b` where `a` is nothing). */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, -1n);
}

/** A whole number as a quantity: counts of objects. */
export function quantityOf(count: bigint | number): Quantity {
  return { unscaled: BigInt(count), exponent: 0, format: 'DecimalSI' };
}

function combine(a: Quantity, b: Quantity, factor: 1n | -1n): Quantity {
  if (b.unscaled === 0n) return a.unscaled === 0n ? zeroQuantity : a;
  const format = a.unscaled === 0n ? b.format : a.format;
  const [left, right] = aligned(a, b);
  return { unscaled: left + factor * right, exponent: Math.min(a.exponent, b.exponent), format };
}

function sign({ unscaled }: Quantity): number {
  return unscaled < 0n ? -1 : Number(unscaled > 0n);
}

/** The power of ten of the first digit: decides most comparisons without large numbers. */
function magnitude({ unscaled, exponent }: Quantity): number {
  const digits = unscaled.toString();
  return exponent + digits.length - Number(unscaled < 0n);
}

function aligned(a: Quantity, b: Quantity): readonly [bigint, bigint] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.unscaled * 10n ** BigInt(a.exponent - exponent), b.unscaled * 10n ** BigInt(b.exponent - exponent)];
}
