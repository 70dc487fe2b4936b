import type { Json } from '@kcp/api-machinery';
import { isInt64 } from '@kcp/api-machinery';
import type { Findings } from './findings.ts';

const MAX_JSON_INTEGER = 2 ** 53 - 1;

/** A value's type in the words of a schema; whole numbers that a double or an int64 holds exactly are integers. */
export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'array' : 'object';
  if (typeof value === 'number' || typeof value === 'bigint') return isInt64(value) ? 'integer' : 'number';
  return typeof value;
}

/** Whether a double is taken for a whole number: as in go-openapi a relative error of 1e-9 is overlooked. */
export function isWhole(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > MAX_JSON_INTEGER) return false;
  if (Number.isInteger(value)) return true;
  const whole = Math.trunc(value);
  return value > 0 && whole > 0 && (value - whole) / (value + whole) < 1e-9;
}

/** The format that a value without one has by its type. */
function formatOf(type: string): string {
  if (type === 'integer') return 'int64';
  return type === 'number' ? 'float64' : '';
}

/** Compiles the check of `type`, `nullable` and what a format says of the type. Returns what it adds to the matches. */
export function compileTypeCheck(
  types: readonly string[],
  format: string,
  nullable: boolean,
): (value: Json, findings: Findings) => number {
  if (types.length === 0 && format === '') return (value) => (value === null ? 1 : 0);
  const told = types.join(',');
  const [only] = types.length === 1 ? types : [undefined];
  const integers = types.includes('integer');
  const numbers = types.includes('number');

  const fits = (type: string, value: Json): boolean =>
    types.includes(type) ||
    (numbers && type === 'integer') ||
    (integers && type === 'number' && typeof value === 'number' && isWhole(value));

  return (value, findings) => {
    if (value === null) {
      if (types.length === 0 || nullable) return 1;
      findings.wrongType(told, 'null');
      return 0;
    }
    const type = typeOf(value);
    if (type === only || fits(type, value)) return 2;
    const isText = type === 'string' || type === 'array';
    if (format !== '' && !isText && formatOf(type) !== format) {
      findings.wrongType(format, formatOf(type));
      return 1;
    }
    // A list passes where a text with a format is wanted: kube-openapi looks no further there.
    if (format !== '' && isText && !numbers && !integers) return 2;
    findings.wrongType(told, type);
    return 1;
  };
}
