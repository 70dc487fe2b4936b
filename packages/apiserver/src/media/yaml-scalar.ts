import type { Json } from '@kcp/api-machinery';

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const NO_NUMBER = /^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/;
const DECIMAL = /^([-+]?)(0|[1-9]\d*)$/;
const RADIX = /^([-+]?)0(x[\da-fA-F]+|o?[0-7]+|b[01]+)$/i;
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const SIGN_OR_DIGIT = /^[-+.\d]/;
/** No integer of 64 bits is longer, whatever its base. */
const LONGEST = 70;
/** A double has no more digits than this, and none beyond changes it. */
const LONGEST_FLOAT = 1000;
const TWO_TO_64 = 2n ** 64n;

/**
 * What a plain scalar means, as gopkg.in/yaml.v2 resolves it and sigs.k8s.io/yaml turns it into JSON: integers of 64 bits are
 * kept exactly, larger ones and fractions are doubles, what no double holds stays a text. Throws SyntaxError for infinities and
 * for what is no number, which JSON does not have.
 */
export function resolvePlain(text: string): Json {
  if (NULL.has(text)) return null;
  // single letters stay texts, as sigs.k8s.io/yaml reads them
  if (text.length > 1 && TRUE.has(text)) return true;
  if (text.length > 1 && FALSE.has(text)) return false;
  return SIGN_OR_DIGIT.test(text) ? resolveNumber(text) : text;
}

function resolveNumber(text: string): Json {
  if (NO_NUMBER.test(text)) throw new SyntaxError(`yaml: unsupported value: ${text}`);
  if (text.length > LONGEST_FLOAT) return text;
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = digits.length <= LONGEST ? readInteger(digits) : undefined;
  if (integer !== undefined) return integer;
  const value = FLOAT.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : text;
}

function readInteger(digits: string): Json | undefined {
  if (DECIMAL.test(digits)) return exact(digits.startsWith('+') ? digits.slice(1) : digits);
  const [, sign, rest] = RADIX.exec(digits) ?? [];
  if (sign === undefined || rest === undefined) return undefined;
  const magnitude = BigInt(/^\d/.test(rest) ? `0o${rest}` : `0${rest.toLowerCase()}`);
  if (magnitude >= TWO_TO_64) return undefined;
  return exact(`${sign === '-' ? '-' : ''}${magnitude}`);
}

function exact(digits: string): Json {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  const integer = BigInt(digits);
  return BigInt.asIntN(64, integer) === integer ? integer : value;
}
