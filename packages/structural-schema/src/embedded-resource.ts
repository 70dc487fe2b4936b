import type { FieldError, Json, JsonObject, ObjectMeta } from '@kcp/api-machinery';
import {
  addErrors,
  byCodeUnit,
  childPath,
  invalid,
  isArray,
  isDns1035Label,
  isObject,
  isPathSegment,
  itemPath,
  own,
  required,
  untyped,
  validateObjectMeta,
} from '@kcp/api-machinery';
import type { DecodeRun } from './decode-run.ts';
import { decodeObjectMeta } from './object-metadata.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Whether a member is one of those that every resource has. */
export function isTypeOrObjectMeta(name: string): boolean {
  return name === 'metadata' || name === 'kind' || name === 'apiVersion';
}

/**
 * Brings a member of an embedded resource's type meta or its metadata into form. Returns undefined for what is to be
 * dropped; what is refused is noted in `run` and returned as it came.
 */
export function coerceMember(name: string, value: Json, run: DecodeRun): Json | undefined {
  const { coerce } = run.steps;
  if (coerce === 'leave') return value;
  if (name !== 'metadata') {
    if (typeof value === 'string') return value;
    if (coerce === 'drop') return undefined;
    run.errors.push(invalid(run.fieldPath(name), untyped(value), 'must be a string'));
    return value;
  }
  if (coerce === 'drop' && value !== null && !isObject(value)) return value;
  const decoded = decodeObjectMeta(value, run.fieldPath(name), { strict: coerce === 'refuse' });
  addErrors(run.errors, decoded.errors);
  for (const field of decoded.unknownFields) run.unknownMetadata.push(field);
  if (decoded.errors.length > 0) return value;
  const metadata = decoded.metadata as JsonObject;
  return isObject(value) && sameMembers(metadata, value) ? value : metadata;
}

/** Whether coercion changed nothing; metadata is small, so it is simply written out twice. */
function sameMembers(metadata: JsonObject, raw: JsonObject): boolean {
  const names = Object.keys(raw);
  if (names.length !== Object.keys(metadata).length) return false;
  return names.every((name) => JSON.stringify(own(metadata, name)) === JSON.stringify(own(raw, name)));
}

/** Whether there is an embedded resource anywhere in a schema; only then an object has to be searched for them. */
export function hasEmbeddedResources(schema: StructuralSchema): boolean {
  if (schema.embeddedResource) return true;
  for (const property of schema.properties.values()) if (hasEmbeddedResources(property)) return true;
  if (schema.items !== undefined && hasEmbeddedResources(schema.items)) return true;
  return typeof schema.additionalProperties === 'object' && hasEmbeddedResources(schema.additionalProperties);
}

/** Validates type meta and metadata of all embedded resources in a value; `isResource` adds the value itself. */
export function validateEmbedded(
  value: Json,
  path: string,
  schema: StructuralSchema,
  isResource = schema.embeddedResource,
): FieldError[] {
  const errors: FieldError[] = [];
  if (isArray(value)) {
    const { items } = schema;
    if (items === undefined) return errors;
    value.forEach((item, at) => addErrors(errors, validateEmbedded(item, itemPath(path, at), items)));
    return errors;
  }
  if (!isObject(value)) return errors;
  if (isResource) errors.push(...validateResource(value, path));
  const { properties, additionalProperties } = schema;
  for (const name of Object.keys(value).sort(byCodeUnit)) {
    const property = properties.get(name);
    const member = own(value, name) ?? null;
    if (property !== undefined) addErrors(errors, validateEmbedded(member, childPath(path, name), property));
    else if (typeof additionalProperties === 'object') {
      addErrors(errors, validateEmbedded(member, itemPath(path, name), additionalProperties));
    }
  }
  return errors;
}

function validateResource(value: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const [apiVersion, kind, metadata] = [own(value, 'apiVersion'), own(value, 'kind'), own(value, 'metadata')];
  if (apiVersion === undefined) errors.push(required(childPath(path, 'apiVersion')));
  if (kind === undefined) errors.push(required(childPath(path, 'kind')));
  if (apiVersion !== undefined) errors.push(...validateApiVersion(apiVersion, childPath(path, 'apiVersion')));
  if (kind !== undefined) errors.push(...validateKind(kind, childPath(path, 'kind')));
  if (metadata !== undefined) {
    const decoded = decodeObjectMeta(metadata, childPath(path, 'metadata'), { strict: true });
    if (decoded.errors.length > 0) addErrors(errors, decoded.errors);
    else addErrors(errors, validateMetadata(decoded.metadata, childPath(path, 'metadata')));
  }
  return errors;
}

function validateMetadata(metadata: Readonly<ObjectMeta>, path: string): FieldError[] {
  const named = metadata.name === undefined ? { ...metadata, name: 'unnamed' } : metadata;
  return validateObjectMeta(named, { namespaced: metadata.namespace !== undefined, validateName: isPathSegment, path });
}

function validateApiVersion(value: Json, path: string): FieldError[] {
  if (typeof value !== 'string') return [invalid(path, untyped(value), 'must be a string')];
  if (value === '') return [invalid(path, value, 'must not be empty')];
  return value.split('/').length > 2 ? [invalid(path, value, `unexpected GroupVersion string: ${value}`)] : [];
}

function validateKind(value: Json, path: string): FieldError[] {
  if (typeof value !== 'string') return [invalid(path, untyped(value), 'must be a string')];
  if (value === '') return [invalid(path, value, 'must not be empty')];
  const complaints = isDns1035Label(value.toLowerCase());
  if (complaints.length === 0) return [];
  return [invalid(path, value, `may have mixed case, but should otherwise match: ${complaints.join(',')}`)];
}
