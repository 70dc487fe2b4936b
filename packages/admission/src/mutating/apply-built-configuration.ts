import { ApiError, isObject, type Json, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { Fault, jsonFromValue, type Value } from '@kcp/cel';
import { mergeConfiguration, type ApplySchema } from '@kcp/patch';
import { ChangeError } from './apply-operations.ts';
import { typeNameFault } from './type-names.ts';

/** The object with the configuration that an expression built laid over it. Throws ChangeError. */
export function applyBuiltConfiguration(object: KubeObject, built: Value, schema: ApplySchema): JsonObject {
  const fault = typeNameFault(built);
  if (fault !== undefined) throw new ChangeError(fault);
  const configuration = dataOf(built);
  if (!isObject(configuration)) throw new ChangeError('an ApplyConfiguration is an Object');
  const { apiVersion, kind } = object;
  try {
    return mergeConfiguration(object, { ...configuration, apiVersion, kind }, schema);
  } catch (error) {
    if (error instanceof ApiError) throw new ChangeError(`error applying patch: ${error.message}`);
    throw error;
  }
}

function dataOf(built: Value): Json {
  try {
    return jsonFromValue(built);
  } catch (fault) {
    if (fault instanceof Fault) throw new ChangeError(`invalid return type: ${fault.message}`);
    throw fault;
  }
}
