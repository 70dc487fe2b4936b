import type { FormatStyle } from './format-string.ts';

/** A number with all its digits and no exponent, as strconv.FormatFloat(x, 'f', -1, 64). */
export function plainDecimal(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  const sign = mantissa.startsWith('-') || Object.is(value, -0) ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  const rest = digits.slice(power + 1);
  return sign + whole + (rest === '' ? '' : `.${rest}`);
}

/** The exact value, rounded half to even, as C's %f. */
export function fixedDecimal(value: number, precision: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const raw = view.getBigUint64(0);
  const stored = Number(raw >> 52n);
  const mantissa = (raw & ((1n << 52n) - 1n)) | (stored === 0 ? 0n : 1n << 52n);
  const power = (stored === 0 ? 1 : stored) - 1075;
  const scaled = mantissa * 10n ** BigInt(precision) * (power > 0 ? 1n << BigInt(power) : 1n);
  const digits = String(divideToEven(scaled, power < 0 ? 1n << BigInt(-power) : 1n)).padStart(precision + 1, '0');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (precision === 0) return sign + digits;
  return `${sign}${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

function divideToEven(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  const twice = (a % b) * 2n;
  const up = twice > b || (twice === b && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

function exponentParts(value: number, precision: number): readonly [mantissa: string, power: number] {
  const [mantissa = '0', power = '0'] = value.toExponential(Math.min(precision, 100)).split('e');
  return [mantissa, Number(power)];
}

/** The latest version: like C's printf. */
export const formatFixedStyle: FormatStyle = {
  double: plainDecimal,
  fixed: fixedDecimal,
  scientific: (value, precision) => {
    const [mantissa, power] = exponentParts(value, precision);
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  },
  quoteNested: false,
  infinity: 'Infinity',
  colon: ': ',
};

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Up to version 2: numbers as the locale en-US writes them. */
export const formatGroupedStyle: FormatStyle = {
  double: plainDecimal,
  fixed: (value, precision) => {
    const [whole = '', fraction] = fixedDecimal(value, precision).split('.');
    const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
    return fraction === undefined ? grouped : `${grouped}.${fraction}`;
  },
  scientific: (value, precision) => {
    const [mantissa, power] = exponentParts(value, precision);
    const digits = String(Math.abs(power)).padStart(2, '0');
    const above = Array.from(digits, (digit) => raised[Number(digit)] ?? '').join('');
    return `${mantissa}×10${power < 0 ? '⁻' : ''}${above}`;
  },
  quoteNested: true,
  infinity: '∞',
  colon: ':',
};
