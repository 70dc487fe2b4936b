import { byCodePoint } from '@kcp/api-machinery';
import { isNumber } from './equal.ts';
import { noSuchOverload } from './fault.ts';
import { compareNumbers } from './number.ts';
import { Duration, Timestamp } from './time.ts';
import type { Value } from './value.ts';

/** -1, 0 or 1; undefined with NaN, which is in no order. Throws Fault for values that have no order. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(a, b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return Math.sign(a.seconds - b.seconds || a.nanos - b.nanos);
  if (a instanceof Duration && b instanceof Duration) return compareBigints(a.nanos, b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  throw noSuchOverload();
}

function compareBigints(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}
