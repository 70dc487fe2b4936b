import type { FieldError, Json, JsonObject } from '@kcp/api-machinery';
import {
  addErrors,
  aggregate,
  byCodeUnit,
  childPath,
  invalid,
  isArray,
  isObject,
  itemPath,
  untyped,
} from '@kcp/api-machinery';
import { compileCheck } from './check.ts';
import { compileDecoder } from './decode.ts';
import { COERCE_ONLY, DecodeRun, PRUNE_ONLY } from './decode-run.ts';
import { isTypeOrObjectMeta, validateEmbedded } from './embedded-resource.ts';
import { Findings } from './findings.ts';
import type { DefaultRuleCheck } from './rules/default-rule-check.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Puts a value where it would stand in the resource around it. */
type Surround = (value: Json) => Json;

/** Where in a schema a node stands. */
interface Context {
  /** True inside type meta and metadata: a default there is looked at as part of a whole resource. */
  readonly insideMeta: boolean;
  readonly surround: Surround;
  /** The schema of the resource around. */
  readonly resource: StructuralSchema;
  /** Absent where rules are not run. */
  readonly rules: DefaultRuleCheck | undefined;
}

/**
 * That defaults are valid and have no unknown fields (apiextensions defaulting.ValidateDefaults). They are not completed
 * by the defaults of what they leave out. `schema` is that of a whole resource. With `rules`, the rules of the nodes hold for them too.
 */
export function validateDefaults(schema: StructuralSchema, path: string, rules?: DefaultRuleCheck): FieldError[] {
  const errors: FieldError[] = [];
  const resource = { ...schema, embeddedResource: true };
  checkNode(resource, path, { insideMeta: false, surround: (value) => value, resource, rules }, errors);
  return errors;
}

function checkNode(schema: StructuralSchema, path: string, outer: Context, errors: FieldError[]): void {
  if (outer.rules?.isSpent === true) return;
  const context: Context = schema.embeddedResource
    ? { ...outer, insideMeta: false, surround: (value) => value, resource: schema }
    : outer;
  const value = schema.default;
  if (value !== undefined) {
    const at = childPath(path, 'default');
    if (!context.insideMeta) addErrors(errors, checkPruned(schema, value, at));
    const wrong = context.insideMeta ? checkInMeta(schema, value, at, context) : checkDefault(schema, value, at);
    addErrors(errors, wrong);
    const isResource = context.resource === schema;
    if (wrong.length === 0) addErrors(errors, context.rules?.errors({ schema, value, at, isResource }) ?? []);
  }
  const { surround } = context;
  if (schema.items !== undefined) {
    const below = { ...context, surround: (item: Json) => surround([item]) };
    checkNode(schema.items, childPath(path, 'items'), below, errors);
  }
  for (const name of [...schema.properties.keys()].sort(byCodeUnit)) {
    const property = schema.properties.get(name);
    if (property === undefined) continue;
    const insideMeta = context.insideMeta || (schema.embeddedResource && isTypeOrObjectMeta(name));
    const below = { ...context, insideMeta, surround: (member: Json) => surround({ [name]: member }) };
    checkNode(property, itemPath(childPath(path, 'properties'), name), below, errors);
  }
}

function checkPruned(schema: StructuralSchema, value: Json, at: string): FieldError[] {
  if (!isObject(value) && !isArray(value)) return [];
  const pruned = compileDecoder(schema, false)(value, new DecodeRun(PRUNE_ONLY));
  return pruned === value ? [] : [invalid(at, untyped(value), 'must not have unknown fields')];
}

function checkDefault(schema: StructuralSchema, value: Json, at: string): FieldError[] {
  if (isObject(value) || isArray(value)) {
    const run = new DecodeRun(COERCE_ONLY);
    compileDecoder(schema, false)(value, run);
    const [refused] = run.errors;
    if (refused !== undefined) return [{ ...refused, field: join(at, refused.field) }];
  }
  const embedded = validateEmbedded(value, at, schema);
  return embedded.length > 0 ? embedded : checkValue(schema, value, at);
}

function join(path: string, below: string): string {
  return below.startsWith('[') ? path + below : childPath(path, below);
}

function checkInMeta(schema: StructuralSchema, value: Json, at: string, context: Context): FieldError[] {
  const surrounded = context.surround(value);
  const resource: JsonObject = {
    kind: 'Validation',
    apiVersion: 'validation/v1',
    ...(isObject(surrounded) ? surrounded : {}),
  };
  const run = new DecodeRun(COERCE_ONLY);
  compileDecoder(context.resource, false)(resource, run);
  const wrong = run.errors.length > 0 ? run.errors : validateEmbedded(resource, '', context.resource, true);
  if (wrong.length === 0) return checkValue(schema, value, at);
  return [invalid(at, untyped(value), `must result in valid metadata: ${aggregate(wrong)}`)];
}

function checkValue(schema: StructuralSchema, value: Json, at: string): FieldError[] {
  const findings = new Findings(at);
  compileCheck(schema, true)(value, undefined, findings);
  return findings.errors();
}
