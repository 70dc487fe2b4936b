import { badRequest } from './api-error.ts';
import { formatSuffix, readSuffix } from './quantity-suffix.ts';
import type { QuantityFormat } from './quantity-suffix.ts';

/**
 * An amount of a resource: `unscaled × 10^exponent`, and the family of suffixes it is written with. `text` is kept where the
 * given text is already canonical in Go's eyes (`0100` is), so that it is stored as it came.
 */
export interface Quantity {
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: QuantityFormat;
  readonly text?: string;
}

/** No amount at all. */
export const zeroQuantity: Quantity = { unscaled: 0n, exponent: 0, format: 'DecimalSI', text: '0' };

/** Longest text and largest exponent that are read; Go has no such bound, and its arithmetic takes as long as the number asks for. */
const MAX_TEXT = 1000;
const MAX_EXPONENT = 10_000;
const MAX_BINARY = 2n ** 63n - 1n;

const FORM = /^([+-]?)0*(\d*)(\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const SPLIT = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';

/** Reads `500m`, `1.5Gi`, `2e3`. Throws ApiError 400 with Go's words (k8s.io/apimachinery resource.ParseQuantity). */
export function parseQuantity(text: string): Quantity {
  const match = text === '' || text.length > MAX_TEXT ? null : FORM.exec(text);
  if (match === null) throw badRequest(`quantities must match the regular expression '${SPLIT}'`);
  const whole = match[2] === undefined || match[2] === '' ? '0' : match[2];
  const fraction = match[4] ?? '';
  const suffix = readSuffix(match[5] ?? '');
  if (suffix === undefined) throw badRequest("unable to parse quantity's suffix");
  if (suffix.exponent > MAX_EXPONENT) throw badRequest('unable to parse numeric part of quantity');
  const digits = BigInt(whole + fraction);
  const sign = match[1] === '-' ? -1n : 1n;
  const kept = isCanonical({ whole, fraction, ...suffix }) ? { text } : {};
  if (suffix.base === 2) {
    return fromBinary({ digits: digits << BigInt(suffix.exponent), places: fraction.length, sign, kept });
  }
  const rounded = roundUpToNano(digits, suffix.exponent - fraction.length);
  return { unscaled: sign * rounded.unscaled, exponent: rounded.exponent, format: suffix.format, ...kept };
}

interface Binary {
  readonly digits: bigint;
  readonly places: number;
  readonly sign: bigint;
  readonly kept: { readonly text?: string };
}

/** Binary amounts are capped at 2^63-1; below one they are written with decimal suffixes. */
function fromBinary({ digits, places, sign, kept }: Binary): Quantity {
  const { unscaled, exponent } = roundUpToNano(digits, -places);
  const one = 10n ** BigInt(-exponent);
  const capped = unscaled > MAX_BINARY * one;
  const format = unscaled > 0n && unscaled < one ? 'DecimalSI' : 'BinarySI';
  if (capped) return { unscaled: sign * MAX_BINARY, exponent: 0, format };
  return { unscaled: sign * unscaled, exponent, format, ...kept };
}

/** Nothing is smaller than 1n: whoever asks for something gets something. */
function roundUpToNano(digits: bigint, exponent: number): { unscaled: bigint; exponent: number } {
  if (exponent >= -9) return { unscaled: digits, exponent };
  const drop = -9 - exponent;
  if (drop > MAX_TEXT) return { unscaled: digits === 0n ? 0n : 1n, exponent: -9 };
  const divisor = 10n ** BigInt(drop);
  return { unscaled: (digits + divisor - 1n) / divisor, exponent: -9 };
}

interface Parts {
  readonly whole: string;
  readonly fraction: string;
  readonly base: 2 | 10;
  readonly exponent: number;
}

/** Whether Go takes its fast path and keeps the given text: short enough, and nothing that a larger suffix could take up. */
function isCanonical({ whole, fraction, base, exponent }: Parts): boolean {
  const shifted = whole + fraction;
  if (base === 2) {
    const fits = fraction === '' && 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1 >= 0;
    return fits && BigInt(whole) % 8n !== 0n;
  }
  const scale = exponent - fraction.length;
  return shifted.length <= 18 && scale >= -9 && scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
}

/** The canonical text: no fraction, the largest suffix that fits (resource.Quantity.CanonicalizeBytes). */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.unscaled === 0n) return '0';
  const whole = quantity.format === 'BinarySI' ? asInteger(quantity) : undefined;
  if (whole !== undefined && (whole <= -1024n || whole >= 1024n)) return formatBinary(whole);
  const format = quantity.format === 'DecimalExponent' ? 'DecimalExponent' : 'DecimalSI';
  return formatDecimal(quantity, format);
}

function formatBinary(whole: bigint): string {
  let mantissa = whole;
  let power = 0;
  while (power < 60 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    power += 10;
  }
  return `${mantissa}${formatSuffix('BinarySI', power)}`;
}

function formatDecimal({ unscaled, exponent }: Quantity, format: 'DecimalSI' | 'DecimalExponent'): string {
  const digits = unscaled.toString();
  const significant = digits.replace(/0+$/, '');
  const power = exponent + digits.length - significant.length;
  const shift = (((power % 3) + 3) % 3) + (format === 'DecimalSI' ? Math.max(0, Math.floor(power / 3) * 3 - 18) : 0);
  return `${significant}${'0'.repeat(shift)}${formatSuffix(format, power - shift)}`;
}

/** The canonical form of a text. Throws ApiError 400. */
export function canonicalQuantity(text: string): string {
  return formatQuantity(parseQuantity(text));
}

/** The whole number that a quantity is; undefined where it has a fraction. */
export function asInteger({ unscaled, exponent }: Quantity): bigint | undefined {
  if (exponent >= 0) return unscaled * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}
