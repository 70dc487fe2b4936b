import { ApiError, isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { Fault, itemsOf, jsonFromValue, ListValue, type Value } from '@kcp/cel';
import { applyJsonPatch, type JsonPatchOperation } from '@kcp/patch';
import { BuiltOperation } from '../expression/patch-types.ts';
import { typeNameFault } from './type-names.ts';

/** A change cannot be made; the message is for whoever wrote the object. */
export class ChangeError extends Error {}

/**
 * The object after the operations that an expression gave; the object itself where a `test` among them does not hold. Throws
 * ChangeError, worded as the original's JSON patch library (evanphx/json-patch v4) words it where that is short.
 */
export function applyOperations(object: JsonObject, operations: Value): Json {
  if (!(operations instanceof ListValue)) throw new ChangeError('a JSON patch is a list');
  let document: Json = object;
  for (const operation of itemsOf(operations)) {
    if (!(operation instanceof BuiltOperation)) throw new ChangeError('a JSON patch is a list of JSONPatch');
    const next = attempt(document, decoded(operation));
    if (next === 'testFailed') return object;
    document = next.document;
  }
  return document;
}

function decoded(operation: BuiltOperation): JsonPatchOperation {
  const { op, path, from, value } = operation;
  const fault = value === undefined ? undefined : typeNameFault(value);
  if (fault !== undefined) throw new ChangeError(fault);
  return { op, path, ...(from !== '' && { from }), ...(value !== undefined && { value: jsonOf(value) }) };
}

function jsonOf(value: Value): Json {
  try {
    return jsonFromValue(value);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    throw new ChangeError(
      `JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${fault.message}`,
    );
  }
}

function attempt(document: Json, operation: JsonPatchOperation): { readonly document: Json } | 'testFailed' {
  try {
    return { document: applyJsonPatch(document, [operation]) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isReachable = parentOf(document, operation.path ?? '') !== undefined;
    if (operation.op === 'test' && isReachable) return 'testFailed';
    throw new ChangeError(`JSON Patch: ${why(operation, isReachable, error)}`);
  }
}

function why({ op, path = '' }: JsonPatchOperation, isReachable: boolean, error: ApiError): string {
  if (!isReachable) return `${op} operation does not apply: doc is missing path: "${path}": missing value`;
  if (op === 'remove') {
    const key = keysOf(path).at(-1) ?? '';
    return `error in remove for path: '${path}': Unable to remove nonexistent key: ${key}: missing value`;
  }
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function keysOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What holds the last key of a pointer; undefined where there is nothing. */
function parentOf(document: Json, path: string): Json | undefined {
  let at: Json | undefined = document;
  for (const key of keysOf(path).slice(0, -1)) {
    if (at !== undefined && isArray(at)) at = at[Number(key)];
    else at = at !== undefined && isObject(at) ? own(at, key) : undefined;
  }
  return typeof at === 'object' && at !== null ? at : undefined;
}
