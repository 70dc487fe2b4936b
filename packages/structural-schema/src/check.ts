import type { Json } from '@kcp/api-machinery';
import { canonicalJson, equal, isArray } from '@kcp/api-machinery';
import type { Check, CheckContext } from './check-context.ts';
import { compileListCheck } from './check-list.ts';
import { compileNumberCheck } from './check-number.ts';
import { compileObjectCheck } from './check-object.ts';
import { compileTextCheck } from './check-text.ts';
import { compileTypeCheck } from './check-type.ts';
import { unchanged } from './correlate.ts';
import type { Findings } from './findings.ts';
import { supportedFormat } from './formats.ts';
import { compileJunctors } from './junctors.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** The types a node allows, none where it allows all. */
function typesOf(schema: StructuralSchema, context: CheckContext): readonly string[] {
  if (schema.intOrString && !context.isDefault) return ['integer', 'string'];
  return schema.type === '' ? [] : [schema.type];
}

/** Compiles the check of a schema's root. `isDefault` is as in CheckContext. */
export function compileCheck(schema: StructuralSchema, isDefault: boolean): Check {
  return compileNode(schema, { compile: compileNode, isDefault, underJunctor: false });
}

function compileNode(schema: StructuralSchema, context: CheckContext): Check {
  const types = typesOf(schema, context);
  const [only = ''] = types.length === 1 ? types : [];
  const format = context.isDefault ? schema.format : supportedFormat(only, schema.format);
  const checkType = compileTypeCheck(types, format, schema.nullable);
  const checkJunctors = compileJunctors(schema, context);
  const checkText = compileTextCheck(schema, format);
  const checkNumber = compileNumberCheck(schema, only);
  const checkList = compileListCheck(schema, context);
  const checkObject = compileObjectCheck(schema, context);
  const checkEnum = compileEnumCheck(schema.enum);

  const checkValue: Check = (value, old, findings) => {
    if (value === null) {
      const matched = checkType(value, findings);
      checkEnum?.(value, findings);
      return matched;
    }
    let matched = checkType(value, findings) + checkJunctors(value, findings);
    if (typeof value === 'string') matched += checkText(value, findings);
    else if (typeof value === 'number' || typeof value === 'bigint') matched += checkNumber(value, findings);
    else if (typeof value === 'object') {
      matched += isArray(value) ? checkList(value, old, findings) : checkObject(value, old, findings);
    }
    checkEnum?.(value, findings);
    return matched + 2;
  };
  if (context.underJunctor) return checkValue;
  return (value, old, findings) => {
    const mark = findings.count;
    const matched = checkValue(value, old, findings);
    if (old !== undefined && findings.count > mark && unchanged(schema, value, old)) findings.forget(mark);
    return matched;
  };
}

function compileEnumCheck(allowed: readonly Json[]): ((value: Json, findings: Findings) => void) | undefined {
  if (allowed.length === 0) return undefined;
  const scalars = new Set<Json>(allowed.filter((value) => typeof value !== 'object'));
  const others = allowed.filter((value) => typeof value === 'object' && value !== null);
  const told = allowed.map((value) => (typeof value === 'string' ? value : canonicalJson(value)));
  return (value, findings) => {
    if (scalars.has(value) || others.some((other) => equal(other, value))) return;
    findings.unsupported(value, told);
  };
}
