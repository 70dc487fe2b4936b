import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { brokenPatch } from '../refusal.ts';
import { isAtomic, resolve, type ApplySchema } from './apply-schema.ts';
import { checkValue } from './check-value.ts';
import { mergeValues } from './merge-values.ts';

/**
 * An object with a configuration laid over it, as server-side apply merges, but nobody comes to own anything (mutating admission
 * policies: k8s.io/apiserver policy/mutating/patch smd.go). Throws ApiError 500 without a reason where the configuration does not
 * fit the schema, or sets something that is owned as a whole: what it does not say would be lost.
 */
export function mergeConfiguration(live: JsonObject, configuration: JsonObject, schema: ApplySchema): JsonObject {
  const fault = checkValue(configuration, schema);
  if (fault !== undefined) throw brokenPatch(`failed to convert patch object to typed object: ${fault}`);
  const whole = ownedAsWhole(configuration, schema, '');
  if (whole.length > 0) {
    throw brokenPatch(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${whole.join(', ')}`);
  }
  const merged = mergeValues(live, configuration, schema);
  return merged !== undefined && isObject(merged) ? merged : live;
}

/** Where a value sets something that is owned as a whole. Members of maps are not looked into, as in the original. */
function ownedAsWhole(value: Json, schema: ApplySchema, path: string): readonly string[] {
  const type = resolve(schema, value);
  if (type.kind === 'scalar') return [];
  const found: string[] = [];
  if (type.kind === 'list' && isArray(value)) {
    if (isAtomic(type)) found.push(path);
    value.forEach((item, at) => found.push(...ownedAsWhole(item, type.items, `${path}[${at}]`)));
  }
  if (type.kind === 'object' && isObject(value)) {
    if (isAtomic(type)) found.push(path);
    for (const name of Object.keys(value)) {
      const declared = type.field(name);
      if (declared) found.push(...ownedAsWhole(own(value, name) ?? null, declared, `${path}.${name}`));
    }
  }
  return found;
}
