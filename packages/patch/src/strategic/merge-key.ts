import { isObject, own, stringifyJson } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import { brokenPatch } from '../refusal.ts';
import { goValue } from './go-value.ts';

/** A text that is the same exactly for equal scalars, never empty. */
export function scalarKey(value: Json): string {
  return stringifyJson(value);
}

/** The function that gives an item's merge key as a text. Throws ApiError 500 where an item has none, as Kubernetes does. */
export function mergeKeyOf(mergeKey: string): (item: Json) => string {
  return (item) => {
    const key = isObject(item) ? own(item, mergeKey) : undefined;
    if (key !== undefined) return scalarKey(key);
    throw brokenPatch(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`);
  };
}
