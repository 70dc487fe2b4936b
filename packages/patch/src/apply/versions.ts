import { isObject } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import type { ApplySchema } from './apply-schema.ts';
import { apiVersionOf } from './managed-type.ts';
import type { ManagedType } from './managed-type.ts';

/** A value on its way through an apply, in one version. */
export interface TypedValue {
  readonly value: Json;
  readonly apiVersion: string;
  readonly schema: ApplySchema;
}

/** A value of the version that a type is served in. */
export function inOwnVersion(type: ManagedType, value: Json): TypedValue {
  return { value, apiVersion: apiVersionOf(type), schema: type.schema };
}

/** A value in another version; undefined where there is no such version. A promise only where conversion takes time. */
export async function inVersion(
  type: ManagedType,
  typed: TypedValue,
  apiVersion: string,
): Promise<TypedValue | undefined> {
  if (typed.apiVersion === apiVersion) return typed;
  if (!isObject(typed.value)) return undefined;
  const own = apiVersion === apiVersionOf(type) ? type.schema : undefined;
  const converted = await type.convert(typed.value, apiVersion);
  return converted && { value: converted.object, apiVersion, schema: own ?? converted.schema };
}
