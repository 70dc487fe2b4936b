import { ApiError, badRequest, isArray, isObject, own, quote } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';

/** One operation of a JSON patch. A member that the patch did not give is absent; `value` may be null. */
export interface JsonPatchOperation {
  readonly op: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: Json;
}

/** A decoded JSON patch. */
export interface JsonPatch {
  readonly operations: readonly JsonPatchOperation[];
  /** What strict field validation refuses and the others warn about: `json patch unknown field "[0].extra"`. */
  readonly unknownFields: readonly string[];
}

/** So many operations may be in one patch (k8s.io/apiserver, handlers/patch.go). */
const MAX_OPERATIONS = 10_000;
/** So many unknown fields are named. */
const MAX_UNKNOWN = 100;
const FIELDS = new Set(['op', 'path', 'from', 'value']);

/** Reads a JSON patch. Throws ApiError 400 where it is no list of operations, 413 where there are more than 10,000. */
export function decodeJsonPatch(body: Json): JsonPatch {
  if (body === null) return { operations: [], unknownFields: [] };
  if (!isArray(body)) throw mismatch(body, 'value of type []handlers.jsonPatchOp');
  const unknownFields: string[] = [];
  const operations = body.map((item, at) => decodeOperation(item, at, unknownFields));
  if (operations.length > MAX_OPERATIONS) {
    const counts = `${MAX_OPERATIONS}, got ${operations.length}`;
    const message = `Request entity too large: The allowed maximum operations in a JSON patch is ${counts}`;
    throw new ApiError('RequestEntityTooLarge', message);
  }
  return { operations, unknownFields };
}

function decodeOperation(item: Json, at: number, unknownFields: string[]): JsonPatchOperation {
  if (item === null) return { op: 'unknown' };
  if (!isObject(item)) throw mismatch(item, 'value of type handlers.jsonPatchOp');
  for (const key of Object.keys(item)) {
    if (!FIELDS.has(key) && unknownFields.length < MAX_UNKNOWN) {
      unknownFields.push(`json patch unknown field ${quote(`[${at}].${key}`)}`);
    }
  }
  const path = textOf(item, 'path');
  const from = textOf(item, 'from');
  const value = own(item, 'value');
  return {
    op: textOf(item, 'op') ?? 'unknown',
    ...(path !== undefined && { path }),
    ...(from !== undefined && { from }),
    ...(value !== undefined && { value }),
  };
}

function textOf(item: JsonObject, field: string): string | undefined {
  const value = own(item, field) ?? null;
  if (value === null) return undefined;
  if (typeof value !== 'string') throw mismatch(value, `struct field jsonPatchOp.${field} of type string`);
  return value;
}

function mismatch(value: Json, wanted: string): ApiError {
  return badRequest(`error decoding patch: json: cannot unmarshal ${kindOf(value)} into Go ${wanted}`);
}

/** What Go's decoder calls a value. */
export function kindOf(value: Json): string {
  if (isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
}
