import { itemsOf, ListValue, MapValue, type Value } from '@kcp/cel';
import { BuiltObject } from '../expression/patch-types.ts';

/**
 * What is wrong with the types that an expression named: below `Object` each part has the path of its field as its type, so
 * `Object{spec: Object.status{}}` is a mistake (k8s.io/apiserver cel/mutation/dynamic CheckTypeNamesMatchFieldPathNames).
 * Undefined where nothing is.
 */
export function typeNameFault(built: Value): string | undefined {
  if (!(built instanceof BuiltObject)) return undefined;
  const faults = faultsOf(built, built.type.name);
  return faults.length === 0 ? undefined : `type mismatch: ${faults.join('\n')}`;
}

function faultsOf(value: Value, path: string): readonly string[] {
  if (value instanceof ListValue) return itemsOf(value).flatMap((item) => faultsOf(item, path));
  if (value instanceof MapValue) return value.keys().flatMap((key) => faultsOf(value.find(key) ?? null, path));
  if (!(value instanceof BuiltObject)) return [];
  const { name } = value.type;
  const own =
    name === path
      ? []
      : [`unexpected type name "${name}", expected "${path}", which matches field name path from root Object type`];
  return [...own, ...[...value.fields].flatMap(([field, inner]) => faultsOf(inner, `${path}.${field}`))];
}
