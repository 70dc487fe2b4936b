import { isInt64, showFloat, showNumber } from '@kcp/api-machinery';
import { isWhole } from './check-type.ts';
import type { Findings } from './findings.ts';
import { supportedFormat } from './formats.ts';
import type { StructuralSchema } from './structural-schema.ts';

type Range = (value: number | bigint) => boolean;

const MAX_FLOAT32 = 3.4028235677973366e38;

/** Which numbers a type and its format can hold at all; undefined for all. */
function rangeOf(type: string, format: string): Range | undefined {
  if (type === 'integer') return format === 'int32' ? holdsInt32 : holdsInt64;
  return type === 'number' && format === 'float' ? (value) => Math.abs(Number(value)) < MAX_FLOAT32 : undefined;
}

function holdsInt32(value: number | bigint): boolean {
  return (typeof value === 'bigint' || Number.isInteger(value)) && value <= 2 ** 31 - 1 && value >= -(2 ** 31);
}

function holdsInt64(value: number | bigint): boolean {
  if (typeof value === 'bigint') return isInt64(value);
  return Number.isInteger(value) && value < 2 ** 63 && value >= -(2 ** 63);
}

/** Compiles the checks of a number; `type` is the one type the node has, or ''. Returns what it adds to the matches. */
export function compileNumberCheck(
  schema: StructuralSchema,
  type: string,
): (value: number | bigint, findings: Findings) => number {
  const format = type === '' ? '' : supportedFormat(type, schema.format);
  const holds = rangeOf(type, format);
  const place = format === '' ? `${type} (default format)` : `${type} with format ${format}`;
  const outside = (what: string, findings: Findings): void =>
    findings.placeless(`${what} value must be of type ${place} in ${findings.path()}`);
  const rules = [multipleRule(schema), limitRule(schema, 'minimum'), limitRule(schema, 'maximum')].filter(
    (rule) => rule !== undefined,
  );

  return (value, findings) => {
    if (holds !== undefined && !holds(value)) outside('Checked', findings);
    for (const rule of rules) {
      const told = holds !== undefined && !holds(rule.operand);
      if (told) outside(rule.name, findings);
      rule.check(value, !told && isInt64(value), findings);
    }
    return 2;
  };
}

/** A rule with a number of its own; `whole` says that both are compared as integers. */
interface NumberRule {
  readonly name: string;
  readonly operand: number;
  readonly check: (value: number | bigint, whole: boolean, findings: Findings) => void;
}

function multipleRule(schema: StructuralSchema): NumberRule | undefined {
  const factor = schema.multipleOf;
  if (factor === undefined) return undefined;
  const check: NumberRule['check'] = (value, whole, findings) => {
    const used = whole ? Math.trunc(factor) : factor;
    const told = whole ? showNumber(used) : showFloat(used);
    if (used <= 0) {
      const text = `factor MultipleOf declared for ${findings.path()} must be positive: ${told}`;
      findings.invalidText(used, text);
    } else if (!isMultiple(value, used, whole))
      findings.invalid(value, `should be a multiple of ${told}`, shownAs(value, whole));
  };
  return { name: 'MultipleOf', operand: factor, check };
}

/** What is compared as a double is also shown as one. */
function shownAs(value: number | bigint, whole: boolean): string | undefined {
  return whole ? undefined : showFloat(Number(value));
}

function isMultiple(value: number | bigint, factor: number, whole: boolean): boolean {
  if (whole) return BigInt(value) % BigInt(factor) === 0n;
  return isWhole(factor < 1 ? (1 / factor) * Number(value) : Number(value) / factor);
}

function limitRule(schema: StructuralSchema, keyword: 'minimum' | 'maximum'): NumberRule | undefined {
  const limit = schema[keyword];
  if (limit === undefined) return undefined;
  const upper = keyword === 'maximum';
  const exclusive = upper ? schema.exclusiveMaximum : schema.exclusiveMinimum;
  const words = `should be ${upper ? 'less' : 'greater'} than ${exclusive ? '' : 'or equal to '}`;
  const keeps = upper
    ? (value: number | bigint, used: number) => value < used || (!exclusive && Number(value) === used)
    : (value: number | bigint, used: number) => value > used || (!exclusive && Number(value) === used);
  const check: NumberRule['check'] = (value, whole, findings) => {
    const used = whole ? Math.trunc(limit) : limit;
    const told = whole ? showNumber(used) : showFloat(used);
    if (!keeps(value, used)) findings.invalid(value, words + told, shownAs(value, whole));
  };
  return { name: upper ? 'Maximum boundary' : 'Minimum boundary', operand: limit, check };
}
