import { Fault } from './fault.ts';
import { Double, Uint } from './value.ts';

/** A signed 64-bit integer: a number where it is safe, a bigint beyond. */
export type Int = number | bigint;

const minInt = -(2n ** 63n);
const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

/** A checked int. */
export function int(value: bigint): Int {
  if (value < minInt || value > maxInt) throw new Fault('integer overflow');
  return smallInt(value);
}

/** An int that is known to fit. */
export function smallInt(value: bigint): Int {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** A checked uint. */
export function uint(value: bigint): Uint {
  if (value < 0n || value > maxUint) throw new Fault('unsigned integer overflow');
  return new Uint(value);
}

/** Whether a bigint fits an int64. */
export function fitsInt(value: bigint): boolean {
  return value >= minInt && value <= maxInt;
}

/** `a + b` with overflow. */
export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return int(BigInt(a) + BigInt(b));
}

/** `a - b` with overflow. */
export function subtractInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return int(BigInt(a) - BigInt(b));
}

/** `a * b` with overflow; -0 never appears. */
export function multiplyInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return int(BigInt(a) * BigInt(b));
}

/** `a / b`, rounded to zero. */
export function divideInt(a: Int, b: Int): Int {
  if (b === 0) throw new Fault('division by zero');
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0;
  return int(BigInt(a) / BigInt(b));
}

/** `a % b` with the sign of a. */
export function moduloInt(a: Int, b: Int): Int {
  if (b === 0) throw new Fault('modulus by zero');
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0;
  if (BigInt(a) === minInt && b === -1) throw new Fault('integer overflow');
  return smallInt(BigInt(a) % BigInt(b));
}

/** `-a` with overflow. */
export function negateInt(a: Int): Int {
  return typeof a === 'number' ? 0 - a : int(-a);
}

/** Compares numbers of any kinds as real numbers; undefined with NaN. */
export function compareNumbers(a: Int | Uint | Double, b: Int | Uint | Double): number | undefined {
  // Against a double, an integer is first rounded to one, as in Go.
  const rounded = a instanceof Double || b instanceof Double;
  const x = rounded ? Number(plain(a)) : plain(a);
  const y = rounded ? Number(plain(b)) : plain(b);
  if (x < y) return -1;
  if (x > y) return 1;
  return x >= y ? 0 : undefined;
}

function plain(value: Int | Uint | Double): Int {
  return typeof value === 'object' ? value.value : value;
}

/** A double as Go's strconv.FormatFloat(x, 'g', -1, 64) writes it. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const exp = Number(exponent);
  const digits = mantissa.replace(/[-.]/g, '');
  if (exp < -4 || exp >= 6) {
    return `${mantissa}e${exp < 0 ? '-' : '+'}${String(Math.abs(exp)).padStart(2, '0')}`;
  }
  return formatFixed(value < 0 ? '-' : '', digits, exp);
}

function formatFixed(sign: string, digits: string, exp: number): string {
  if (exp < 0) return `${sign}0.${'0'.repeat(-exp - 1)}${digits}`;
  const whole = digits.slice(0, exp + 1).padEnd(exp + 1, '0');
  const rest = digits.slice(exp + 1);
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`;
}
