/** How a quantity is written: `12Mi`, `12M` or `12e6` (k8s.io/apimachinery resource.Format). */
export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** What a suffix multiplies with: `base` to the power of `exponent`. */
export interface QuantitySuffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

const DECIMAL = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const BINARY = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const DECIMAL_TEXT = new Map([...DECIMAL].map(([text, exponent]) => [exponent, text]));
const BINARY_TEXT = new Map([...BINARY].map(([text, exponent]) => [exponent, text]));

/** Reads a suffix; undefined where there is no such one. */
export function readSuffix(text: string): QuantitySuffix | undefined {
  const decimal = DECIMAL.get(text);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = BINARY.get(text);
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  const match = /^[eE]([+-]?\d{1,18})$/.exec(text);
  return match ? { base: 10, exponent: Number(match[1]), format: 'DecimalExponent' } : undefined;
}

/** Writes a suffix; for DecimalSI from -9 to 18 in steps of three, for BinarySI from 0 to 60 in steps of ten. */
export function formatSuffix(format: QuantityFormat, exponent: number): string {
  if (exponent === 0) return '';
  if (format === 'DecimalExponent') return `e${exponent}`;
  return (format === 'BinarySI' ? BINARY_TEXT : DECIMAL_TEXT).get(exponent) ?? '';
}
